/**
 * Builds what a message looks like. Everything is built as DOM nodes, with text only ever set as text, and handed to
 * deep-chat as the HTML that the browser writes for those nodes: no word of a shopper or of the shop becomes markup.
 */

const LINK = /https?:\/\/[^\s<>"']+/g;
// Full stops and brackets after an address belong to the sentence around it.
const TRAILING = /[.,;:!?)\]]+$/;
// deep-chat takes a message that begins with this class away when the next one comes.
const TEMPORARY = 'deep-chat-temporary-message';

export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Resolves an address of a message; anything but http(s) gives null. */
export function safeAddress(address, base) {
  try {
    const url = new URL(address, base);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

export class MessageView {
  constructor(strings, base, photos, thumbs) {
    this.strings = strings;
    this.base = base;
    this.photos = photos;
    this.thumbs = thumbs;
  }

  /** Gives the messages that deep-chat shows for one answer; the buttons to choose from come last. */
  answer(messages) {
    return [...messages.flatMap((message) => this.parts(message)), ...this.choices(messages)];
  }

  /** Gives the buttons below an answer, as a message of their own where there are any. */
  choices(messages) {
    const buttons = messages.flatMap((message) => message.buttons ?? []);
    return buttons.length ? [this.replies(buttons)] : [];
  }

  /** Gives deep-chat's history; of old answers the buttons below are left out, except under the last one. */
  history(messages) {
    return messages.flatMap((message, place) => {
      if (message.role === 'shopper') return [this.shopper(message)];
      const isLast = place === messages.length - 1;
      return this.answer([isLast ? message : { ...message, buttons: [] }]);
    });
  }

  shopper({ text, photo_url: photo }) {
    const words = text ? this.linked(text) : [];
    const bubble = photo ? this.photos.earlier(photo, words) : node('div', { class: 'dg-bubble dg-mine' }, ...words);
    return { role: 'user', html: bubble.outerHTML };
  }

  intro() {
    const suggestions = this.strings.find('intro.suggestions') ?? [];
    const buttons = suggestions.map((title) => ({ title, payload: title }));
    return this.answer([{ text: this.strings.text('intro.text'), buttons }]);
  }

  /** A note that something went wrong, with a button to try again where that can help. */
  trouble(text, canRetry) {
    const retry = canRetry
      ? node('button', { type: 'button', class: 'dg-retry', 'data-retry': '' }, this.strings.text('error.retry'))
      : null;
    return assistant(node('div', { class: `dg-trouble ${TEMPORARY}`, role: 'alert' }, node('p', {}, text), retry));
  }

  note(text) {
    return assistant(node('div', { class: 'dg-note' }, text));
  }

  parts(message) {
    const elements = message.elements ?? [];
    const text = withoutListing(message.text ?? '', elements);
    const parts = [];
    if (text) parts.push(this.bubble(text, message.feedback));
    if (elements.length) parts.push(this.cards(elements));
    if (message.image) parts.push(this.picture(message.image));
    return parts.filter(Boolean);
  }

  /** What was written for this shopper can be judged; what everybody is told in the same words cannot. */
  bubble(text, reply) {
    const bubble = node('div', { class: 'dg-bubble' }, ...this.paragraphs(text));
    return assistant(reply ? node('div', { class: 'dg-judged' }, bubble, this.thumbs.draw(reply)) : bubble);
  }

  cards(elements) {
    const label = this.strings.text('message.products');
    const cards = elements.map((element) => this.card(element));
    return assistant(node('ul', { class: 'dg-cards', 'aria-label': label, tabindex: '0' }, ...cards));
  }

  card(element) {
    const [price, stock, ...reason] = (element.subtitle ?? '').split(' · ');
    return node(
      'li',
      { class: 'dg-card' },
      this.photo(element),
      node('div', { class: 'dg-card-title' }, this.title(element)),
      price ? node('div', { class: 'dg-card-price' }, price) : null,
      stock ? node('div', { class: 'dg-card-stock' }, stock) : null,
      reason.length ? node('div', { class: 'dg-card-reason' }, reason.join(' · ')) : null,
      this.cardButtons(element),
    );
  }

  photo(element) {
    const address = element.image_url && safeAddress(element.image_url, this.base);
    if (!address) return node('div', { class: 'dg-card-photo dg-card-nophoto', 'aria-hidden': 'true' });
    const alt = this.strings.text('message.photo', { title: element.title });
    return node('img', { class: 'dg-card-photo', src: address, alt, loading: 'lazy' });
  }

  title(element) {
    const address = element.item_url && safeAddress(element.item_url, this.base);
    return address ? link(address, element.title) : (element.title ?? '');
  }

  cardButtons(element) {
    const buttons = (element.buttons ?? []).map((button) => this.button(button, 'dg-card-button'));
    return buttons.length ? node('div', { class: 'dg-card-buttons' }, ...buttons) : null;
  }

  replies(buttons) {
    const made = buttons.map((button) => this.button(button, 'dg-reply'));
    return assistant(node('div', { class: `dg-replies ${TEMPORARY}` }, ...made));
  }

  button(button, style) {
    const address = button.url && safeAddress(button.url, this.base);
    if (address) return link(address, button.title, style);
    return node('button', { type: 'button', class: style, 'data-payload': button.payload ?? button.title }, button.title);
  }

  picture(address) {
    const source = safeAddress(address, this.base);
    const alt = this.strings.text('message.picture');
    return source && assistant(node('img', { class: 'dg-picture', src: source, alt, loading: 'lazy' }));
  }

  /** Draws lines whose parts stand between bars as a table, and everything else as text. */
  paragraphs(text) {
    const lines = text.split('\n');
    const from = lines.findIndex(isRow);
    if (from < 0 || !lines[from + 1] || !isRow(lines[from + 1])) return this.linked(text);
    const after = lines.findIndex((line, place) => place > from && !isRow(line));
    const to = after < 0 ? lines.length : after;
    const rest = lines.slice(to).join('\n');
    return [...this.linked(lines.slice(0, from).join('\n')), table(lines.slice(from, to)), ...this.linked(rest)];
  }

  /** Splits text into text and links, so that only real web addresses can be clicked. */
  linked(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(LINK)) {
      const written = match[0].replace(TRAILING, '');
      const address = safeAddress(written);
      if (!address) continue;
      parts.push(text.slice(end, match.index), link(address, written));
      end = match.index + written.length;
    }
    return [...parts, text.slice(end)];
  }
}

function assistant(content) {
  return { role: 'ai', html: content.outerHTML };
}

function link(address, title, style) {
  return node('a', { href: address, target: '_blank', rel: 'noopener noreferrer', class: style }, title);
}

function isRow(line) {
  return line.includes(' | ');
}

/** Makes a comparison readable: product names across, what is compared ("Price: ...") down. */
function table(lines) {
  const [names, ...facts] = lines.map((line) => line.split(' | '));
  const head = node('tr', {}, node('td'), ...names.map((name) => node('th', { scope: 'col' }, name)));
  const rows = facts.map(([first, ...others]) => {
    const [, fact, value] = /^(.*?): (.*)$/.exec(first) ?? [null, '', first];
    const cells = [value, ...others].map((cell) => node('td', {}, cell));
    return node('tr', {}, node('th', { scope: 'row' }, fact), ...cells);
  });
  return node('table', { class: 'dg-table' }, node('thead', {}, head), node('tbody', {}, ...rows));
}

/** Cards come with a numbered list of the same products for channels without cards; here the cards say it. */
function withoutListing(text, elements) {
  const titles = elements.map((element) => element.title).filter(Boolean);
  const isListed = (line) => /^\s*\d+[.)]\s/.test(line) && titles.some((title) => line.includes(title));
  const lines = text.split('\n').filter((line) => !isListed(line));
  return lines.join('\n').trim();
}
