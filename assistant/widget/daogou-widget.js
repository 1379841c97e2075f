/**
 * Daogou's chat on any page:
 *
 *   <script src="https://shop.example/webhooks/web/widget.js" data-locale="en_US" data-accent="#0f6b5c" defer></script>
 *
 * data-locale  language of the texts, and sent along with each message (default: the page's language); "auto" is the
 *              language that the visitor chose by speak(), else that of their browser
 * data-accent  colour of the launcher and the buttons
 * data-open    opens the chat when the page has loaded
 *
 * The page's origin must be this server's own or stand in DAOGOU_ALLOWED_ORIGINS. A page with a content security
 * policy needs this server in script-src, style-src, connect-src and img-src.
 *
 * window.daogou: ready (a promise), open(), close(), ask(text, title), useSession(token), signIn(customer), forYou(),
 *   searchByPhoto(file, caption)  sends a picture (a File or Blob) and, if given, the words that go with it
 *   choosePhoto()                 opens the chat and the picker of files, from within the handler of a press
 *   showPhoto(file)               opens the chat with a picture ready to be sent
 *   locale, speak(locale)         the language of the texts; speak() keeps another one where it is "auto", and reloads
 *
 * The event "daogou:answer" of the window says that the assistant has answered: cart and tastes may have changed.
 */
(() => {
  'use strict';

  const script = document.currentScript;
  const base = new URL('.', script.src);
  const CHOSEN = `daogou:${base.origin}:locale`;
  const locale = localeOf(script.dataset.locale || document.documentElement.lang || 'en');
  const file = (name) => new URL(`static/${name}`, base).href;

  const ICON =
    'M12 3C6.5 3 2 6.8 2 11.5c0 2.6 1.4 4.9 3.6 6.5L5 21.5l4-1.9c.9.3 1.9.4 3 .4 5.5 0 10-3.8 10-8.5S17.5 3 12 3Z';
  const CROSS = 'M6 6l12 12M18 6L6 18';

  class Widget {
    constructor(strings, client, { Chat }, door) {
      this.strings = strings;
      this.client = client;
      this.Chat = Chat;
      this.door = door;
      this.isOpen = false;
      this.host = document.createElement('daogou-chat');
      this.root = this.host.attachShadow({ mode: 'open' });
      if (script.dataset.accent) this.host.style.setProperty('--dg-accent', script.dataset.accent);
    }

    async mount() {
      const style = make('link', { rel: 'stylesheet', href: file('widget.css') });
      const styled = new Promise((resolve) => {
        style.onload = style.onerror = resolve;
      });
      this.launcher = this.makeLauncher();
      this.panel = this.makePanel();
      this.root.append(style, this.launcher, this.panel);
      this.picker = new this.door.PhotoPicker(this.root);
      const mark = (isOver) => this.host.toggleAttribute('data-dropping', isOver);
      this.door.acceptDrops(this.host, (file) => this.showPhoto(file), mark);
      this.root.addEventListener('keydown', (event) => event.key === 'Escape' && this.close());
      document.body.append(this.host);
      await styled;
      this.host.setAttribute('data-ready', '');
    }

    makeLauncher() {
      const label = this.strings.text('launcher.open');
      const launcher = make('button', { type: 'button', class: 'launcher', 'aria-label': label, 'aria-expanded': 'false' });
      launcher.append(icon(ICON, 'icon-open'), icon(CROSS, 'icon-close'));
      launcher.addEventListener('click', () => (this.isOpen ? this.close() : this.open()));
      return launcher;
    }

    makePanel() {
      const title = make('h2', {}, this.strings.text('panel.title'));
      const close = make('button', { type: 'button', class: 'close', 'aria-label': this.strings.text('panel.close') });
      close.append(icon(CROSS));
      close.addEventListener('click', () => this.close());
      const heading = make('div', { class: 'heading' });
      heading.append(title, make('p', {}, this.strings.text('panel.note')));
      const header = make('header');
      header.append(heading, close);
      this.body = make('div', { class: 'body', 'data-drop': this.strings.text('photo.drop') });
      const panel = make('section', { class: 'panel', role: 'dialog', 'aria-label': this.strings.text('panel.title') });
      panel.hidden = true;
      panel.append(header, this.body);
      return panel;
    }

    async open() {
      this.show(true);
      await this.loaded();
      this.chat.focus();
    }

    close() {
      if (!this.isOpen) return;
      this.show(false);
      this.launcher.focus();
    }

    show(isOpen) {
      this.isOpen = isOpen;
      this.panel.hidden = !isOpen;
      this.host.toggleAttribute('data-open', isOpen);
      this.launcher.setAttribute('aria-expanded', String(isOpen));
      this.launcher.setAttribute('aria-label', this.strings.text(isOpen ? 'launcher.close' : 'launcher.open'));
    }

    /** Loads the chat at its first use: a page whose visitors do not chat stays light. */
    loaded() {
      this.loading ??= this.load().catch((error) => {
        this.loading = null;
        throw error;
      });
      return this.loading;
    }

    async load() {
      this.body.setAttribute('aria-busy', 'true');
      const [style, settings] = await Promise.all([
        fetch(file('chat.css'), { credentials: 'omit' }).then((response) => response.text()),
        fetch(new URL('settings', base), { credentials: 'omit' }).then((response) => response.json()),
        import(file('deep-chat.js')),
      ]);
      this.chat = new this.Chat(this.client, this.strings, settings.max_characters, style);
      this.chat.pickPhoto = (fromCamera) => this.choosePhoto(fromCamera);
      await this.chat.show(this.body);
      this.body.removeAttribute('aria-busy');
    }

    async ask(text, title) {
      await this.open();
      this.chat.say(text, title);
    }

    /** Opens the picker before anything else is waited for: a browser opens it only while a press is handled. */
    async choosePhoto(fromCamera = false) {
      const picked = this.picker.pick(fromCamera);
      await this.open();
      const file = await picked;
      if (file) await this.chat.stage(file);
    }

    async showPhoto(file) {
      await this.open();
      await this.chat.stage(file);
    }

    async searchByPhoto(file, caption) {
      await this.open();
      await this.chat.searchByPhoto(file, caption);
    }

    async useSession(token) {
      this.client.useSession(token);
      await this.reload();
    }

    async signIn(customer) {
      await this.client.demoSignIn(customer);
      await this.reload();
    }

    async reload() {
      if (this.chat) await this.chat.show(this.body);
    }
  }

  function make(tag, attributes = {}, text = '') {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  }

  function icon(path, style = '') {
    const space = 'http://www.w3.org/2000/svg';
    const picture = document.createElementNS(space, 'svg');
    const line = document.createElementNS(space, 'path');
    picture.setAttribute('viewBox', '0 0 24 24');
    picture.setAttribute('aria-hidden', 'true');
    picture.setAttribute('class', style);
    line.setAttribute('d', path);
    picture.append(line);
    return picture;
  }

  function localeOf(asked) {
    return asked === 'auto' ? (remembered() ?? navigator.language) : asked;
  }

  // A browser may forbid a page to keep anything; the language is then chosen anew with each visit.
  function remembered() {
    try {
      return localStorage.getItem(CHOSEN);
    } catch {
      return null;
    }
  }

  function speak(chosen) {
    localStorage.setItem(CHOSEN, chosen);
    location.reload();
  }

  async function start() {
    const [{ Client }, { Strings }, chat, door] = await Promise.all([
      import(file('client.js')),
      import(file('strings.js')),
      import(file('chat.js')),
      import(file('photo-door.js')),
    ]);
    const client = new Client(base, locale);
    client.onAnswer = () => window.dispatchEvent(new CustomEvent('daogou:answer'));
    const widget = new Widget(await Strings.load(base, locale), client, chat, door);
    await widget.mount();
    if ('open' in script.dataset) widget.open();
    return widget;
  }

  const ready = start();
  ready.catch((error) => {
    console.error(
      `Daogou's chat cannot start on ${location.origin}. If the server runs, add this origin to DAOGOU_ALLOWED_ORIGINS.`,
      error,
    );
  });
  window.daogou = {
    ready,
    locale,
    speak,
    open: async () => (await ready).open(),
    close: async () => (await ready).close(),
    ask: async (text, title) => (await ready).ask(text, title),
    searchByPhoto: async (photo, caption) => (await ready).searchByPhoto(photo, caption),
    choosePhoto: async () => (await ready).choosePhoto(),
    showPhoto: async (photo) => (await ready).showPhoto(photo),
    useSession: async (token) => (await ready).useSession(token),
    signIn: async (customer) => (await ready).signIn(customer),
    customer: async () => (await ready).client.customer(),
    forYou: async () => (await ready).client.forYou(),
  };
})();
