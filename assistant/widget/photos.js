/** Photos of the conversation: shown in the shopper's bubbles, fetched again after a reload, framed where one can tap. */

import { node } from './messages.js';
import { drawInto } from './picture.js';

const REGION = /^\/search_by_photo(\{.*\})$/s;
// Photos of a long conversation come when they are nearly in view.
const NEARLY = '400px';

export class Photos {
  constructor(client, strings) {
    this.client = client;
    this.strings = strings;
  }

  /** Puts a photo that is being sent into the shopper's bubble, with the words that go with it. */
  put(bubble, { picture }, caption) {
    const shown = picture ?? this.empty();
    shown.className = 'dg-photo-picture';
    shown.setAttribute('aria-label', this.strings.text('photo.mine'));
    this.state = node('span', { class: 'dg-photo-state' });
    bubble.classList.add('dg-with-photo');
    bubble.replaceChildren(figure(shown), ...(caption ? [node('span', { class: 'dg-caption' }, caption)] : []), this.state);
    this.sent = shown;
  }

  /** Says under the photo that is being sent what happens to it; null takes that away. */
  tell(name) {
    if (this.state) this.state.textContent = name ? this.strings.text(`photo.${name}`) : '';
  }

  /** Shows the server's copy of a photo that this browser could not read itself, such as a HEIC. */
  async showSent(address) {
    if (this.sent && !this.sent.width) await this.fill(this.sent, address);
  }

  /** The bubble of an earlier message, without its photo yet: `load` brings that. */
  earlier(address, words) {
    const picture = this.empty();
    picture.dataset.photo = address;
    const caption = words.length ? [node('span', { class: 'dg-caption' }, ...words)] : [];
    return node('div', { class: 'dg-bubble dg-mine dg-with-photo' }, figure(picture), ...caption);
  }

  /** Brings the photos of earlier messages as they come into view: an image element cannot send the session's token. */
  load(root) {
    const watch = new IntersectionObserver(
      (entries) => {
        for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
          watch.unobserve(target);
          this.fill(target, target.dataset.photo);
        }
      },
      { root: root.querySelector('#messages'), rootMargin: NEARLY },
    );
    root.querySelectorAll('[data-photo]').forEach((picture) => watch.observe(picture));
  }

  async fill(picture, address) {
    try {
      await drawInto(picture, await this.client.photo(address));
    } catch (error) {
      const text = this.strings.text(error.code === 'photo_gone' ? 'photo.gone' : 'photo.hidden');
      picture.closest('.dg-photo').replaceChildren(node('span', { class: 'dg-photo-note' }, text));
    }
  }

  /** Draws a frame over the last photo for each of its parts that an answer offers to search for. */
  frame(root, messages) {
    root.querySelectorAll('.dg-frame').forEach((frame) => frame.remove());
    const last = [...root.querySelectorAll('.dg-photo')].at(-1);
    if (!last?.querySelector('canvas')) return;
    const buttons = messages.flatMap((message) => message.buttons ?? []);
    last.append(...buttons.map((button) => this.frameOf(button)).filter(Boolean));
  }

  frameOf({ title, payload }) {
    const box = boxOf(payload);
    if (!box) return null;
    const [left, top, right, bottom] = box;
    const label = this.strings.text('photo.region', { title });
    const frame = node('button', { type: 'button', class: 'dg-frame', 'aria-label': label, title: label });
    Object.assign(frame.dataset, { payload, title });
    // The style object is let in by a strict policy, where a style attribute is not.
    Object.assign(frame.style, { left: share(left), top: share(top), width: share(right - left), height: share(bottom - top) });
    return frame;
  }

  empty() {
    return node('canvas', {
      class: 'dg-photo-picture',
      width: '0',
      height: '0',
      role: 'img',
      'aria-label': this.strings.text('photo.mine'),
    });
  }
}

function figure(picture) {
  return node('span', { class: 'dg-photo' }, picture);
}

/** Reads a payload's region, in shares of the photo: left, top, right, bottom; anything else gives null. */
function boxOf(payload) {
  const found = REGION.exec(payload ?? '');
  if (!found) return null;
  try {
    const box = JSON.parse(found[1]).region.split(',').map(Number);
    const [left, top, right, bottom] = box;
    return box.length === 4 && left >= 0 && top >= 0 && right <= 1 && bottom <= 1 && left < right && top < bottom ? box : null;
  } catch {
    return null;
  }
}

function share(part) {
  return `${(part * 100).toFixed(2)}%`;
}
