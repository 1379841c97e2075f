/** The ways by which a file comes in: the system's file picker or camera, a paste, and a drop. */

import { node } from './messages.js';

export class PhotoPicker {
  /** @param {ShadowRoot} root where its inputs stand: Safari forgets an input that is in no page */
  constructor(root) {
    this.input = node('input', { type: 'file', accept: 'image/*,.heic,.heif', class: 'picker', hidden: '' });
    root.append(this.input);
  }

  /** Opens the picker, or the camera of a phone; to be called while a press is handled, or browsers refuse. */
  pick(fromCamera = false) {
    const { input } = this;
    if (fromCamera) input.setAttribute('capture', 'environment');
    else input.removeAttribute('capture');
    input.value = '';
    const picked = new Promise((resolve) => {
      input.onchange = () => resolve(input.files[0] ?? null);
      input.oncancel = () => resolve(null);
    });
    input.click();
    return picked;
  }
}

/** Gives the pasted picture; a word processor's paste holds text beside a picture of it, and is text. */
export function pastedPicture(event) {
  const { files } = event.clipboardData;
  return event.clipboardData.getData('text/plain') ? null : (files[0] ?? null);
}

/**
 * Takes files that are dropped on a place.
 *
 * @param {EventTarget} place
 * @param {(file: File) => void} take
 * @param {(isOver: boolean) => void} mark called while a file is held over the place
 */
export function acceptDrops(place, take, mark = () => {}) {
  const listen = (name, act) =>
    place.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      // Otherwise the browser leaves the page and shows the file.
      event.preventDefault();
      event.stopPropagation();
      act(event);
    });
  listen('dragover', (event) => {
    event.dataTransfer.dropEffect = 'copy';
    mark(true);
  });
  listen('dragleave', (event) => place.contains?.(event.relatedTarget) || mark(false));
  listen('drop', (event) => {
    mark(false);
    const files = [...event.dataTransfer.files];
    const file = files.find(({ type }) => type.startsWith('image/')) ?? files[0];
    if (file) take(file);
  });
}
