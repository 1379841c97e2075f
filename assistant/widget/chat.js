/** Sets up deep-chat for our channel: it draws the conversation, everything said goes through the client. */

import { ChatError } from './client.js';
import { MessageView } from './messages.js';

const FRAME = { display: 'block', width: '100%', height: '100%', backgroundColor: 'transparent' };
const SEND =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M12 20V5M5.500 11.500 12 5l6.500 6.500"/></svg>';
// deep-chat may draw itself twice when it starts: what is said between the two would be lost.
const RENDERS_APART_MS = 150;
const NO_RETRY = ['message_too_long', 'message_empty', 'text_missing'];

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
    this.view = new MessageView(strings, client.base);
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
    const drawn = new Promise((resolve) => {
      let timer;
      element.onComponentRender = () => {
        this.describe();
        clearTimeout(timer);
        timer = setTimeout(resolve, RENDERS_APART_MS);
      };
    });
    this.element?.remove();
    this.element = element;
    parent.append(element);
    await drawn;
    element.style.border = '0';
    element.shadowRoot.addEventListener('click', (event) => this.clicked(event));
  }

  /** Says something for the shopper: `text` goes to the assistant, `title` into the shopper's bubble. */
  say(text, title = text) {
    if (this.busy) return;
    this.next = { text, title };
    this.element.submitUserMessage({ text: title });
  }

  focus() {
    this.element?.shadowRoot.querySelector('#text-input')?.focus();
  }

  async earlier() {
    this.client.onNewSession = () => this.announce();
    try {
      const messages = await this.client.history();
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
      submitButtonStyles: { submit: { svg: { content: SEND } } },
      messageStyles: { html: { shared: bare } },
      textInput: {
        characterLimit: this.maxCharacters,
        placeholder: { text: this.strings.text('panel.input') },
      },
    };
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
    set('.input-button', { role: 'button', 'aria-label': this.strings.text('panel.send') });
  }

  async handle(body, signals) {
    const said = this.next ?? { text: body.messages.at(-1).text };
    this.next = null;
    const answer = await this.deliver({ ...said, id: randomId() });
    await signals.onResponse(answer);
  }

  async retry() {
    if (!this.failed || this.busy) return;
    const answer = await this.deliver(this.failed);
    answer.forEach((message) => this.element.addMessage(message));
  }

  /** Sends a message with the typing sign up, and gives what to show: the answer, or what went wrong. */
  async deliver(message) {
    this.wait(true);
    try {
      const answer = this.view.answer(await this.client.send(message));
      this.failed = null;
      if (!answer.length) throw new ChatError('unavailable');
      return answer;
    } catch (error) {
      this.failed = message;
      return [this.view.trouble(this.wording(error, 'error.server'), !NO_RETRY.includes(error.code))];
    } finally {
      this.wait(false);
    }
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
    if (bubble && !bubble.classList.contains('html-message')) bubble.textContent = message.text;
  }

  clicked(event) {
    const pressed = event.target.closest?.('[data-payload], [data-retry]');
    if (!pressed) return;
    if (pressed.hasAttribute('data-retry')) this.retry();
    else this.say(pressed.dataset.payload, pressed.textContent);
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
