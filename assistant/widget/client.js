/** Talks to the web channel: keeps the session, sends messages, reads the conversation back. */

const SEND_MILLISECONDS = 20000;
const SESSION_CODES = ['session_missing', 'session_invalid', 'session_expired'];

/** A refusal of the server, or its absence; `code` names the text in the strings. */
export class ChatError extends Error {
  constructor(code, details = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

export class Client {
  /**
   * @param {URL} base address of the channel, ending in a slash
   * @param {string} locale sent along with each message
   */
  constructor(base, locale) {
    this.base = base;
    this.locale = locale;
    this.key = `daogou:${base.origin}`;
    this.onNewSession = () => {};
    this.onAnswer = () => {};
  }

  /** Sends one message; the same id again gives the same answer instead of doing it twice. */
  async send(message) {
    const metadata = { locale: this.locale, page: location.pathname, message_id: message.id };
    if (message.title) metadata.title = message.title.slice(0, 120);
    const answer = await this.withSession('messages', { text: message.text, metadata });
    this.onAnswer();
    return answer;
  }

  /** Gives the conversation so far; a visitor who has none gets no session for looking. */
  async history() {
    return this.token() ? this.withSession('history') : [];
  }

  /** Gives what the shop recommends to this visitor, who gets a session for it. */
  async forYou() {
    return this.withSession('for-you');
  }

  /** Begins a new conversation as one of the demo's customers, or as a guest where there is none. */
  async demoSignIn(customer) {
    this.forget();
    if (!customer) return;
    await this.begin();
    this.keep(await this.request('demo-sign-in', { customer }));
  }

  /** Takes the session token that a shop's own site has signed for a customer. */
  useSession(token) {
    this.keep({ session: token });
  }

  /** Tells which customer the session belongs to, for display only: the server trusts the signature. */
  customer() {
    try {
      return JSON.parse(atob(this.token().split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).customer ?? null;
    } catch {
      return null;
    }
  }

  forget() {
    this.keep({ session: null });
  }

  token() {
    return this.held ?? storage()?.getItem(this.key) ?? null;
  }

  keep({ session }) {
    this.held = session;
    if (session) storage()?.setItem(this.key, session);
    else storage()?.removeItem(this.key);
  }

  /** Begins a new conversation; two requests that need one at the same time share it. */
  begin() {
    this.beginning ??= this.beginNow().finally(() => {
      this.beginning = null;
    });
    return this.beginning;
  }

  async beginNow() {
    this.held = null;
    this.keep(await this.request('sessions', {}, false));
  }

  async withSession(path, body) {
    if (!this.token()) await this.begin();
    const token = this.token();
    try {
      return await this.request(path, body);
    } catch (error) {
      if (!SESSION_CODES.includes(error.code)) throw error;
      // Expired, or the server has a new secret: a new conversation is all there can be. Another request may have begun
      // it meanwhile.
      if (this.token() === token) {
        await this.begin();
        this.onNewSession();
      }
      return this.request(path, body);
    }
  }

  async request(path, body, signed = true) {
    const headers = {};
    if (signed) headers.Authorization = `Bearer ${this.token()}`;
    if (body) headers['Content-Type'] = 'application/json';
    const response = await this.fetch(path, {
      method: body ? 'POST' : 'GET',
      headers,
      body: body && JSON.stringify(body),
      credentials: 'omit',
    });
    const content = await response.json().catch(() => null);
    if (!response.ok || content === null) throw refusal(response, content);
    return content;
  }

  async fetch(path, options) {
    try {
      return await fetch(new URL(path, this.base), { ...options, signal: AbortSignal.timeout(SEND_MILLISECONDS) });
    } catch {
      throw new ChatError('offline');
    }
  }
}

function refusal(response, content) {
  const details = content?.error ?? {};
  const seconds = Number(response.headers.get('Retry-After')) || 5;
  return new ChatError(details.code ?? 'server', { ...details, seconds });
}

function storage() {
  try {
    return window.localStorage;
  } catch {
    // Browsers that forbid storage keep the session for as long as the page is open.
    return null;
  }
}
