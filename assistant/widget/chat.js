/** Sets up deep-chat for our channel: it draws the conversation, everything said goes through the client. */

import { ChatError } from './client.js';
import { MessageView } from './messages.js';
import { pastedPicture } from './photo-door.js';
import { PhotoTray } from './photo-tray.js';
import { Photos } from './photos.js';
import { Thumbs } from './thumbs.js';

const FRAME = { display: 'block', width: '100%', height: '100%', backgroundColor: 'transparent' };
const SEND =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M12 20V5M5.500 11.500 12 5l6.500 6.500"/></svg>';
const GALLERY =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" class="dg-gallery"><path d="M5 4h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Zm-2 12 5-5 4 4 3-3 6 6M15.500 8.500h.01"/></svg>';
const CAMERA =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" class="dg-camera"><path d="M4 7h3.500L9 4.500h6L16.500 7H20a1.500 1.500 0 0 1 1.500 1.500v10A1.500 1.500 0 0 1 20 20H4a1.500 1.500 0 0 1-1.500-1.500v-10A1.500 1.500 0 0 1 4 7Zm8 2.500a3.700 3.700 0 1 0 0 7.400 3.700 3.700 0 0 0 0-7.400Z"/></svg>';
// On a slow machine deep-chat draws itself twice when it starts: what is said between the two would be lost.
const RENDERS_APART_MS = 150;
const SEARCH_BY_PHOTO = '/search_by_photo';
const NO_RETRY = [
  ...['message_too_long', 'message_empty', 'text_missing', 'photo_too_large', 'photo_not_an_image', 'photo_damaged'],
  ...['photo_unsupported', 'photo_too_many_pixels', 'photo_too_small'],
];

export class Chat {
  /**
   * @param {Client} client
   * @param {Strings} strings
   * @param {number} maxCharacters what the server takes
   * @param {string} style the CSS inside deep-chat
   */
  constructor(client, strings, maxCharacters, style) {
    this.client = client;
    this.strings = strings;
    this.photos = new Photos(client, strings);
    this.thumbs = new Thumbs(client, strings);
    this.view = new MessageView(strings, client.base, this.photos, this.thumbs);
    this.tray = new PhotoTray(strings, (error) => this.wording(error, 'error.photo_damaged'), () => this.trayChanged());
    this.pickPhoto = () => {};
    this.maxCharacters = maxCharacters;
    this.style = style;
    this.next = null;
    this.failed = null;
    this.busy = false;
  }

  /** Puts the chat into an element, with the conversation so far. */
  async show(parent) {
    this.parent = parent;
    // Before the component is made: it draws itself soon after, and again when its settings come later than that.
    const history = await this.earlier();
    const element = document.createElement('deep-chat');
    // Without a font of our own, deep-chat would fetch one from another company's server.
    element.style.fontFamily = 'inherit';
    Object.assign(element, this.settings(history));
    this.element?.remove();
    this.element = element;
    // At once: what is pasted or pressed between its two drawings is meant, too.
    this.listen(element.shadowRoot);
    parent.append(element);
    await this.drawing(element);
    element.style.border = '0';
    this.photos.load(element.shadowRoot);
    if (this.lastAnswer.length) this.thumbs.load(element.shadowRoot);
    this.photos.frame(element.shadowRoot, this.lastAnswer);
  }

  /** Names the parts each time deep-chat draws itself, of which it tells the first only; waits for the last. */
  drawing(element) {
    return new Promise((resolve) => {
      let timer;
      const observer = new MutationObserver(() => {
        this.describe();
        clearTimeout(timer);
        timer = setTimeout(resolve, RENDERS_APART_MS);
      });
      observer.observe(element.shadowRoot.querySelector('#container'), { childList: true });
    });
  }

  listen(root) {
    root.addEventListener('click', (event) => this.clicked(event));
    // Before deep-chat's own listeners, which know of no photo without words.
    root.addEventListener('click', (event) => event.target.closest?.('[data-send]') && this.sendStaged(event), true);
    root.addEventListener('keydown', (event) => this.keyed(event), true);
    root.addEventListener('paste', (event) => this.pasted(event), true);
  }

  /** Says something for the shopper: `text` goes to the assistant, `title` into the shopper's bubble. */
  say(text, title = text) {
    if (this.busy) return;
    this.next = { text, title };
    this.element.submitUserMessage({ text: title });
  }

  /** Shows a picture file above the text box, to be sent with words or without. */
  async stage(file) {
    await this.tray.stage(file);
    this.focus();
  }

  /** Sends a picture file at once; what is no picture is refused above the text box. */
  async searchByPhoto(file, caption = '') {
    if (this.busy) return;
    await this.tray.stage(file);
    if (this.tray.photo) this.sayPhoto(this.tray.take(), caption);
  }

  sayPhoto(photo, caption) {
    this.next = { text: caption || SEARCH_BY_PHOTO, caption, photo };
    this.element.submitUserMessage({ text: caption || this.strings.text('photo.mine') });
  }

  sendStaged(event) {
    if (!this.tray.photo) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.busy) return;
    this.sayPhoto(this.tray.take(), this.element.shadowRoot.querySelector('#text-input').innerText.trim());
  }

  keyed(event) {
    const isNewLine = event.shiftKey || event.isComposing;
    if (event.key === 'Enter' && !isNewLine && event.target.closest('#text-input, [data-send]')) this.sendStaged(event);
  }

  pasted(event) {
    const picture = pastedPicture(event);
    if (!picture) return;
    event.preventDefault();
    event.stopPropagation();
    this.stage(picture);
  }

  trayChanged() {
    if (!this.element) return;
    this.element.setPlaceholderText(this.strings.text(this.tray.photo ? 'photo.caption' : 'panel.input'));
    // The text box took the placeholder for its name.
    this.describe();
    // Asks `validateInput` again.
    this.element.disableSubmitButton(false);
  }

  focus() {
    this.element?.shadowRoot.querySelector('#text-input')?.focus();
  }

  async earlier() {
    this.client.onNewSession = () => this.announce();
    this.lastAnswer = [];
    try {
      const messages = await this.client.history();
      this.lastAnswer = messages.slice(-1);
      return messages.length ? this.view.history(messages) : this.view.intro();
    } catch (error) {
      return [this.view.note(this.wording(error, 'error.history'))];
    }
  }

  settings(history) {
    const bare = { bubble: { background: 'none', padding: '0', maxWidth: '100%', overflow: 'visible' } };
    return {
      history,
      connect: { handler: (body, signals) => this.handle(body, signals) },
      onMessage: ({ message, isHistory }) => this.drawn(message, isHistory),
      auxiliaryStyle: this.style,
      displayLoadingBubble: { toggle: () => {} },
      chatStyle: FRAME,
      validateInput: (text) => Boolean(text?.trim() || this.tray.photo),
      customButtons: this.photoButtons(),
      submitButtonStyles: { submit: { svg: { content: SEND } } },
      messageStyles: { html: { shared: bare } },
      textInput: {
        characterLimit: this.maxCharacters,
        placeholder: { text: this.strings.text('panel.input') },
      },
    };
  }

  /** A phone gets a button for its camera too: not each of them offers it among the photos. */
  photoButtons() {
    const button = (content, fromCamera) => ({
      position: 'inside-start',
      styles: { button: { default: { svg: { content } } } },
      onClick: () => this.pickPhoto(fromCamera),
    });
    const isPhone = matchMedia('(pointer: coarse)').matches;
    return isPhone ? [button(GALLERY, false), button(CAMERA, true)] : [button(GALLERY, false)];
  }

  /** Names the parts for people who hear the page. */
  describe() {
    const root = this.element.shadowRoot;
    const set = (selector, attributes) => {
      const found = root.querySelector(selector);
      for (const [name, value] of Object.entries(attributes)) found?.setAttribute(name, value);
    };
    set('#messages', { role: 'log', 'aria-live': 'polite', 'aria-label': this.strings.text('panel.messages'), tabindex: '0' });
    set('#text-input', { role: 'textbox', 'aria-multiline': 'true', 'aria-label': this.strings.text('panel.input') });
    for (const button of root.querySelectorAll('.input-button')) {
      const kind = ['gallery', 'camera'].find((name) => button.querySelector(`.dg-${name}`));
      const label = this.strings.text(kind ? `photo.${kind}` : 'panel.send');
      button.setAttribute('role', 'button');
      button.setAttribute('aria-label', label);
      button.toggleAttribute('data-send', !kind);
      if (kind) button.title = label;
    }
    if (!this.tray.element.parentElement?.isConnected) root.querySelector('#input').before(this.tray.element);
  }

  async handle(body, signals) {
    const said = this.next ?? { text: body.messages.at(-1).text };
    this.next = null;
    const rest = await this.deliver({ ...said, id: randomId(), shown: [] });
    await signals.onResponse(rest);
  }

  async retry() {
    if (!this.failed || this.busy) return;
    const rest = await this.deliver(this.failed);
    this.add(rest);
  }

  add(messages) {
    messages.forEach((message) => this.element.addMessage(message));
  }

  /**
   * Sends a message with the typing sign up and shows each part of the answer when it comes. Gives what is left to show:
   * the buttons to choose from, or what went wrong.
   */
  async deliver(message) {
    this.wait(true);
    const messages = [];
    try {
      await this.handIn(message);
      await this.client.send(message, (one) => {
        messages.push(one);
        this.showPart(message, one, messages.length);
      });
      this.failed = null;
      if (!messages.some((one) => this.view.answer([one]).length)) throw new ChatError('unavailable');
      this.photos.frame(this.element.shadowRoot, messages);
      return this.view.choices(messages);
    } catch (error) {
      this.failed = message;
      return [this.view.trouble(this.wording(error, 'error.server'), !NO_RETRY.includes(error.code))];
    } finally {
      this.photos.tell(null);
      this.wait(false);
    }
  }

  /** Shows a message of an answer, unless it was shown before the connection broke and the answer was asked for again. */
  showPart(message, one, place) {
    const content = JSON.stringify(one);
    if (message.shown[place - 1] === content) return;
    message.shown[place - 1] = content;
    this.add(this.view.parts(one));
  }

  /** Hands the photo of a message in, once: to try again after that is to send the message only. */
  async handIn(message) {
    if (!message.photo) return;
    if (!message.photoUrl || message.session !== this.client.token()) {
      this.photos.tell('sending');
      message.photoUrl = await this.client.upload(message.photo.blob);
      message.session = this.client.token();
    }
    this.photos.tell('looking');
    this.photos.showSent(message.photoUrl);
  }

  wait(busy) {
    this.busy = busy;
    this.element.toggleAttribute('data-busy', busy);
    if (busy) this.removeTrouble();
    this.element.displayLoadingBubble.toggle(busy ? { role: 'ai' } : undefined);
  }

  /** The sign of an error goes when the message is tried again. */
  removeTrouble() {
    this.element.shadowRoot.querySelector('.dg-trouble')?.closest('.outer-message-container')?.remove();
  }

  /** deep-chat reads what a shopper types as Markdown; it is shown as what it is instead. */
  drawn(message, isHistory) {
    if (isHistory || message.role !== 'user' || !message.text) return;
    const bubbles = this.element.shadowRoot.querySelectorAll('.user-message-text');
    const bubble = bubbles[bubbles.length - 1];
    if (bubble && this.next?.photo) this.photos.put(bubble, this.next.photo, this.next.caption);
    else if (bubble && !bubble.classList.contains('html-message')) bubble.textContent = message.text;
  }

  clicked(event) {
    const pressed = event.target.closest?.('[data-payload], [data-retry], [data-thumb]');
    if (!pressed) return;
    if (pressed.dataset.thumb) this.thumbs.press(pressed);
    else if (pressed.hasAttribute('data-retry')) this.retry();
    else this.say(pressed.dataset.payload, pressed.dataset.title ?? pressed.textContent);
  }

  announce() {
    this.element?.addMessage(this.view.note(this.strings.text('error.expired')));
  }

  wording(error, otherwise) {
    if (!(error instanceof ChatError)) console.error(error);
    return this.strings.text(`error.${error.code}`, error.details) ?? this.strings.text(otherwise);
  }
}

/** Browsers give `crypto.randomUUID` only to pages with https, and this one to all. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
