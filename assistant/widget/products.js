/** The parts that every product of the storefront has, in the catalogue and in what is recommended. */

import { node, safeAddress } from './messages.js';

export const base = new URL('..', import.meta.url);

export function photo(product, strings) {
  const address = product.image_url && safeAddress(product.image_url, base);
  if (!address) return node('div', { class: 'photo' });
  const alt = strings.text('shop.photo', { title: product.name });
  return node('img', { class: 'photo', src: address, alt, loading: 'lazy', width: '400', height: '300' });
}

/** Makes the button that asks the chat about a product; a recommended one says which list it was taken from. */
export function askButton(product, strings, slate) {
  const ask = node('button', { type: 'button' }, strings.text('shop.ask_about'));
  ask.setAttribute('aria-label', `${strings.text('shop.ask_about')}: ${product.name}`);
  const payload = `/show_details${JSON.stringify({ product: product.slug, slate })}`;
  const question = strings.text('shop.question', { title: product.name });
  ask.addEventListener('click', () => window.daogou.ask(payload, question));
  return ask;
}
