/** The photo that is chosen and not yet sent: its preview above the text box, or why a file cannot be sent. */

import { node } from './messages.js';
import { readPhoto } from './picture.js';

export class PhotoTray {
  /**
   * @param {Strings} strings
   * @param {(error: Error) => string} wording what to say of a refused file
   * @param {() => void} onChange called when a photo has come or gone
   */
  constructor(strings, wording, onChange) {
    this.strings = strings;
    this.wording = wording;
    this.onChange = onChange;
    this.element = node('div', { class: 'dg-tray', role: 'group', 'aria-label': strings.text('photo.chosen'), hidden: '' });
    this.photo = null;
    this.asked = 0;
  }

  /** Shows a file as what is sent next, in place of the one before; of two at once the later one counts. */
  async stage(file) {
    this.asked += 1;
    const { asked } = this;
    this.set(null, this.note('status', this.strings.text('photo.reading')));
    try {
      const photo = await readPhoto(file);
      if (asked === this.asked) this.set(photo, this.preview(photo, file), this.removeButton());
    } catch (error) {
      if (asked === this.asked) this.set(null, this.note('alert', this.wording(error)), this.removeButton());
    }
  }

  /** Gives the photo and empties the tray. */
  take() {
    const { photo } = this;
    this.clear();
    return photo;
  }

  clear() {
    this.asked += 1;
    this.set(null);
  }

  set(photo, ...shown) {
    this.photo = photo;
    this.element.replaceChildren(...shown);
    this.element.hidden = !shown.length;
    this.onChange();
  }

  preview(photo, file) {
    if (!photo.picture) return this.note('status', this.strings.text('photo.unseen', { name: file.name ?? '' }));
    photo.picture.setAttribute('role', 'img');
    photo.picture.setAttribute('aria-label', this.strings.text('photo.preview'));
    return photo.picture;
  }

  note(role, text) {
    return node('p', { class: 'dg-tray-note', role }, text);
  }

  removeButton() {
    const label = this.strings.text('photo.remove');
    const remove = node('button', { type: 'button', class: 'dg-tray-remove', 'aria-label': label, title: label }, '×');
    remove.addEventListener('click', () => this.clear());
    return remove;
  }
}
