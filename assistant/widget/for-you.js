/** The row of recommendations above the catalogue: each visitor's own, with the reason under each product. */

import { node } from './messages.js';
import { askButton, photo } from './products.js';

export class ForYou {
  constructor(strings) {
    this.strings = strings;
    this.section = document.querySelector('.for-you');
    this.title = this.section.querySelector('h2');
    this.list = this.section.querySelector('ul');
    this.drawn = null;
    this.asked = 0;
  }

  /** Asks for the row of whoever is here now and draws it; where there is none, the page goes without. */
  async show() {
    this.asked += 1;
    const { asked } = this;
    const row = await window.daogou.forYou().catch(() => null);
    // The visitor has signed in, or said more, meanwhile: that answer is the one to show.
    if (asked === this.asked) this.draw(row?.cards.length ? row : null);
  }

  draw(row) {
    const content = JSON.stringify(row);
    if (content === this.drawn) return;
    this.drawn = content;
    this.section.hidden = !row;
    if (!row) return;
    this.title.textContent = this.strings.text(row.personal ? 'for_you.personal' : 'for_you.popular');
    this.list.replaceChildren(...row.cards.map((card) => this.card(card, row.slate)));
    this.list.scrollLeft = 0;
  }

  card(card, slate) {
    const about = node(
      'div',
      { class: 'about' },
      node('h3', {}, card.name),
      node('p', { class: 'price' }, card.price),
      card.reason && node('p', { class: 'reason' }, card.reason),
      askButton(card, this.strings, slate),
    );
    return node('li', { class: 'pick', 'data-slug': card.slug }, photo(card, this.strings), about);
  }
}
