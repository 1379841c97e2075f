/** Talks to the web channel: keeps the session, sends messages, reads the conversation back. */

import { languageOf } from './strings.js';

const SEND_MILLISECONDS = 20000;
// Longer than the server's own limit, so that its answer is the one that counts.
const UPLOAD_MILLISECONDS = 30000;
const LINES = 'application/x-ndjson';
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

  /**
   * Sends one message; the same id again gives the same answer instead of doing it twice.
   * @param {object} message
   * @param {function(object)} onMessage told each message of the answer when it comes
   */
  async send(message, onMessage) {
    const metadata = { locale: this.locale, page: location.pathname, message_id: message.id };
    if (message.title) metadata.title = message.title.slice(0, 120);
    if (message.photoUrl) metadata.photo_url = message.photoUrl;
    const send = (path, body) => this.lines(path, body, onMessage);
    await this.withSession('messages', { text: message.text, metadata }, send);
    this.onAnswer();
  }

  /** Gives the conversation so far; a visitor who has none gets no session for looking. */
  async history() {
    return this.token() ? this.withSession('history') : [];
  }

  /** Tells what the shopper thinks of a reply, "up" or "down"; the last word counts. */
  async judge(reply, thumb) {
    return this.withSession('feedback', { reply, thumb });
  }

  /** Gives what this session thinks of its replies, by their ids. */
  async judged() {
    return this.withSession('feedback');
  }

  /** Hands a photo in, and gives the address under which this session's messages may name it. */
  async upload(photo) {
    const form = new FormData();
    // No name: what a phone calls its photos may say where and when.
    form.append('photo', photo, 'photo');
    return (await this.withSession('photos', form)).photo_url;
  }

  /** Fetches a photo of this session's messages. */
  async photo(address) {
    const url = new URL(address, this.base);
    // The token is for this server alone, and a photo that was named by another's address is not asked for there again.
    if (url.origin !== this.base.origin) throw new ChatError('photo_elsewhere');
    const response = await this.fetch(url, { headers: { Authorization: `Bearer ${this.token()}` }, credentials: 'omit' });
    if (!response.ok) throw refusal(response, await response.json().catch(() => null));
    return response.blob();
  }

  /** Gives what the shop recommends to this visitor, who gets a session for it. */
  async forYou() {
    return this.withSession(`for-you?language=${languageOf(this.locale)}`);
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

  async withSession(path, body, ask = (...what) => this.request(...what)) {
    if (!this.token()) await this.begin();
    const token = this.token();
    try {
      return await ask(path, body);
    } catch (error) {
      if (!SESSION_CODES.includes(error.code)) throw error;
      // Expired, or the server has a new secret: a new conversation is all there can be. Another request may have begun
      // it meanwhile.
      if (this.token() === token) {
        await this.begin();
        this.onNewSession();
      }
      return ask(path, body);
    }
  }

  /** Reads an answer line by line, each of them as soon as the server has sent it. */
  async lines(path, body, onLine) {
    const headers = {
      Authorization: `Bearer ${this.token()}`,
      'Content-Type': 'application/json',
      Accept: LINES,
    };
    const options = { method: 'POST', headers, body: JSON.stringify(body), credentials: 'omit' };
    const response = await this.fetch(path, options);
    const isLines = response.headers.get('Content-Type')?.startsWith(LINES);
    if (!response.ok || !isLines) {
      // A server that sends no lines gives the whole answer as a list.
      const content = await response.json().catch(() => null);
      if (!response.ok || content === null) throw refusal(response, content);
      content.forEach(onLine);
      return;
    }
    let rest = '';
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await this.read(text); !part.done; part = await this.read(text)) {
      const lines = (rest + part.value).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const content = JSON.parse(line);
        if (content.error) throw refusal(response, content);
        onLine(content);
      }
    }
  }

  /** Reads on; a connection that breaks off then is the same as none. */
  async read(reader) {
    try {
      return await reader.read();
    } catch {
      throw new ChatError('offline');
    }
  }

  async request(path, body, signed = true) {
    const headers = {};
    if (signed) headers.Authorization = `Bearer ${this.token()}`;
    const isForm = body instanceof FormData;
    // A form brings its own type, with the border between its parts.
    if (body && !isForm) headers['Content-Type'] = 'application/json';
    const options = {
      method: body ? 'POST' : 'GET',
      headers,
      body: isForm ? body : body && JSON.stringify(body),
      credentials: 'omit',
    };
    const response = await (isForm ? this.fetch(path, options, UPLOAD_MILLISECONDS, 'photo_too_slow') : this.fetch(path, options));
    const content = await response.json().catch(() => null);
    if (!response.ok || content === null) throw refusal(response, content);
    return content;
  }

  async fetch(path, options, milliseconds = SEND_MILLISECONDS, late = 'offline') {
    try {
      return await fetch(new URL(path, this.base), { ...options, signal: AbortSignal.timeout(milliseconds) });
    } catch (error) {
      throw new ChatError(error.name === 'TimeoutError' ? late : 'offline');
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
