/** The thumbs under a reply that was written for the shopper: pressed, changed, and shown again after a reload. */

import { node } from './messages.js';

const SPACE = 'http://www.w3.org/2000/svg';
const THUMB =
  'M7 10.500 10.800 3.500a2 2 0 0 1 2.200 2V9h5.200a2 2 0 0 1 2 2.300l-1 7a2 2 0 0 1-2 1.700H7m0-9.500v9.500m0-9.500H4.500A1.500 1.500 0 0 0 3 12v6.500A1.500 1.500 0 0 0 4.500 20H7';

export class Thumbs {
  constructor(client, strings) {
    this.client = client;
    this.strings = strings;
  }

  /** Gives the two buttons of a reply, named for people who hear the page. */
  draw(reply) {
    const status = node('span', { class: 'dg-thumbs-status', role: 'status' });
    const buttons = ['up', 'down'].map((thumb) => this.button(thumb));
    const label = this.strings.text('feedback.label');
    return node('div', { class: 'dg-thumbs', role: 'group', 'aria-label': label, 'data-reply': reply }, ...buttons, status);
  }

  button(thumb) {
    const label = this.strings.text(`feedback.${thumb}`);
    const attributes = { type: 'button', class: `dg-thumb dg-thumb-${thumb}`, 'data-thumb': thumb };
    const made = node('button', { ...attributes, 'aria-label': label, title: label, 'aria-pressed': 'false' });
    const picture = document.createElementNS(SPACE, 'svg');
    const line = document.createElementNS(SPACE, 'path');
    picture.setAttribute('viewBox', '0 0 24 24');
    picture.setAttribute('aria-hidden', 'true');
    line.setAttribute('d', THUMB);
    picture.append(line);
    made.append(picture);
    return made;
  }

  /** Takes a press: shown at once, and taken back where it cannot be kept. */
  async press(button) {
    const group = button.closest('[data-reply]');
    const before = pressed(group);
    const { thumb } = button.dataset;
    if (before === thumb) return;
    mark(group, thumb);
    try {
      await this.client.judge(group.dataset.reply, thumb);
      // A later press has its own answer.
      if (pressed(group) === thumb) say(group, this.strings.text('feedback.kept'));
    } catch (error) {
      if (pressed(group) !== thumb) return;
      mark(group, before);
      say(group, this.strings.text(error.code === 'feedback_gone' ? 'feedback.gone' : 'feedback.failed'));
    }
  }

  /** Marks what was pressed on an earlier visit; that it cannot be told now is no trouble of the shopper's. */
  async load(root) {
    const groups = [...root.querySelectorAll('[data-reply]')];
    if (!groups.length) return;
    const kept = await this.client.judged().catch(() => ({}));
    for (const group of groups) {
      if (!pressed(group)) mark(group, kept[group.dataset.reply]);
    }
  }
}

function pressed(group) {
  return group.querySelector('[aria-pressed="true"]')?.dataset.thumb;
}

function mark(group, thumb) {
  for (const button of group.querySelectorAll('[data-thumb]')) {
    button.setAttribute('aria-pressed', String(button.dataset.thumb === thumb));
  }
}

function say(group, text) {
  group.querySelector('[role="status"]').textContent = text;
}
