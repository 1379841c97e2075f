/** The demonstration storefront: the live catalogue, and the chat beside it. */

import { ForYou } from './for-you.js';
import { node } from './messages.js';
import { acceptDrops } from './photo-door.js';
import { askButton, base, photo } from './products.js';
import { Strings } from './strings.js';

class Storefront {
  constructor(strings) {
    this.strings = strings;
    this.grid = document.querySelector('.grid');
    this.filter = document.querySelector('.filter');
    this.count = document.querySelector('.count');
    this.more = document.querySelector('.more');
    this.category = null;
    this.forYou = new ForYou(strings);
  }

  async show() {
    for (const element of document.querySelectorAll('[data-text]')) {
      element.textContent = this.strings.text(element.dataset.text);
    }
    document.title = this.strings.text('shop.name');
    document.documentElement.lang = this.strings.language;
    this.showLanguages();
    document.querySelector('[data-open-chat]').addEventListener('click', () => window.daogou.open());
    document.querySelector('[data-choose-photo]').addEventListener('click', () => window.daogou.choosePhoto());
    acceptDrops(document, (file) => window.daogou.showPhoto(file));
    this.more.addEventListener('click', () => this.showCatalogue(this.grid.children.length));
    window.addEventListener('daogou:answer', () => this.forYou.show());
    await Promise.all([this.forYou.show(), this.showCatalogue(), this.showSignIn()]);
  }

  /** Lets the visitor choose another language than their browser's. */
  showLanguages() {
    const languages = document.querySelector('.languages');
    languages.setAttribute('aria-label', this.strings.text('shop.languages'));
    for (const button of languages.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.lang === this.strings.language));
      button.addEventListener('click', () => window.daogou.speak(button.lang));
    }
  }

  /** Shows the products of the chosen category, from one place of the list on. */
  async showCatalogue(offset = 0) {
    const { category } = this;
    this.say(this.strings.text('shop.loading'));
    const asked = new URLSearchParams({ offset, language: this.strings.language, ...(category && { category }) });
    const page = await getJson(`catalogue?${asked}`).catch(() => null);
    // Another category was chosen meanwhile: its answer is the one to show.
    if (category !== this.category) return;
    if (page) this.draw(page, offset);
    else this.showTrouble();
  }

  showTrouble() {
    this.say('');
    this.more.hidden = true;
    const retry = node('button', { type: 'button', class: 'primary' }, this.strings.text('shop.retry'));
    retry.addEventListener('click', () => this.showCatalogue());
    const text = node('p', {}, this.strings.text('shop.unavailable'));
    this.grid.replaceChildren(node('li', { class: 'trouble', role: 'alert' }, text, retry));
  }

  draw({ products, categories, total }, offset) {
    this.drawFilter(categories);
    this.say(this.strings.text(`shop.count.${total === 1 ? 'one' : 'other'}`, { count: total }));
    if (offset === 0) this.grid.replaceChildren();
    this.grid.append(...products.map((product) => this.product(product)));
    if (total === 0) this.grid.append(node('li', { class: 'trouble' }, this.strings.text('shop.empty')));
    this.more.hidden = offset + products.length >= total;
  }

  drawFilter(names) {
    const hadFocus = this.filter.contains(document.activeElement);
    const buttons = [null, ...names].map((name) => this.filterButton(name));
    this.filter.setAttribute('aria-label', this.strings.text('shop.filter'));
    this.filter.replaceChildren(...buttons);
    if (hadFocus) this.filter.querySelector('[aria-pressed="true"]').focus();
  }

  filterButton(name) {
    const pressed = String(name === this.category);
    const button = node('button', { type: 'button', 'aria-pressed': pressed }, name ?? this.strings.text('shop.all'));
    button.addEventListener('click', () => {
      this.category = name;
      this.showCatalogue();
    });
    return button;
  }

  product(product) {
    const about = node(
      'div',
      { class: 'about' },
      node('h2', {}, product.name),
      node('p', { class: 'price' }, product.price),
      this.stock(product),
      askButton(product, this.strings),
    );
    return node('li', { class: 'product', 'data-slug': product.slug }, photo(product, this.strings), about);
  }

  stock(product) {
    const text = this.strings.text(`shop.stock.${product.stock}`, { count: product.stock_count });
    return node('p', { class: 'stock', 'data-level': product.stock }, text);
  }

  /** Lets the demo's visitor be one of its customers; outside the demo there is no such list. */
  async showSignIn() {
    const settings = await getJson('settings').catch(() => ({}));
    if (!settings.demo) return;
    const label = document.querySelector('.sign-in');
    const select = label.querySelector('select');
    const customers = Object.entries(this.strings.find('sign_in.customers'));
    const options = [['', this.strings.text('sign_in.guest')], ...customers];
    select.replaceChildren(...options.map(([value, name]) => node('option', { value }, name)));
    select.value = (await window.daogou.customer()) ?? '';
    select.addEventListener('change', () => this.signIn(select));
    label.hidden = false;
  }

  async signIn(select) {
    try {
      await window.daogou.signIn(select.value || null);
    } catch {
      select.value = (await window.daogou.customer()) ?? '';
      this.say(this.strings.text('sign_in.failed'));
    }
    await this.forYou.show();
  }

  say(text) {
    this.count.textContent = text;
  }
}

async function getJson(path) {
  const response = await fetch(new URL(path, base));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

await new Storefront(await Strings.load(base, window.daogou.locale)).show();
