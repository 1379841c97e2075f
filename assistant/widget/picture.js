/** Reads a shopper's picture file: whether it is one, small enough to send, and drawn for the page. */

import { ChatError } from './client.js';

export const MAX_BYTES = 10 * 1024 * 1024;
// The server keeps no more than this of a photo, so a phone need not send more.
const LONGEST = 1600;
const LONGEST_SHOWN = 720;
const QUALITY = 0.9;
// What the file begins with decides, never its name. Browsers read the first four, so those go to the server untouched.
const READ_EVERYWHERE = [/^\xff\xd8\xff/, /^\x89PNG/, /^GIF8/, /^RIFF....WEBP/s];
const HEIC = /^....ftyp(hei|hev|mif1|msf1)/s;

/**
 * Makes a file ready to be sent.
 *
 * Where the browser can decode it, a picture that is long, heavy or of a format that the server does not take becomes a
 * small upright JPEG; what it cannot decode (HEIC outside Safari) is sent as it is.
 *
 * @param {Blob} file
 * @returns {Promise<{blob: Blob, picture: ?HTMLCanvasElement}>} what to send, and what to show of it
 * @throws {ChatError} photo_not_an_image, photo_too_large
 */
export async function readPhoto(file) {
  const start = await beginningOf(file);
  const isPlain = READ_EVERYWHERE.some((signature) => signature.test(start));
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return undecoded(file, isPlain || HEIC.test(start));
  try {
    const fits = isPlain && file.size <= MAX_BYTES && Math.max(bitmap.width, bitmap.height) <= LONGEST;
    const blob = fits ? file : await jpeg(drawn(bitmap, LONGEST));
    return { blob, picture: drawn(bitmap, LONGEST_SHOWN) };
  } finally {
    bitmap.close();
  }
}

/** Draws into a canvas that stands in the page already; rejects where the browser cannot decode the picture. */
export async function drawInto(canvas, blob) {
  const bitmap = await createImageBitmap(blob);
  draw(canvas, bitmap, LONGEST_SHOWN);
  bitmap.close();
}

function undecoded(file, isPicture) {
  if (!isPicture) throw new ChatError('photo_not_an_image');
  if (file.size > MAX_BYTES) throw new ChatError('photo_too_large');
  return { blob: file, picture: null };
}

async function beginningOf(file) {
  return String.fromCharCode(...new Uint8Array(await file.slice(0, 16).arrayBuffer()));
}

function drawn(bitmap, longest) {
  return draw(document.createElement('canvas'), bitmap, longest);
}

/** Draws on a canvas rather than in an image: no page's security policy has to let blob: addresses in for that. */
function draw(canvas, bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d');
  // A JPEG has no transparency: without this, a cut-out product would stand on black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function jpeg(canvas) {
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', QUALITY);
  });
  if (!blob) throw new ChatError('photo_too_many_pixels');
  return blob;
}
