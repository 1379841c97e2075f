/** Every text that the widget and the storefront show, from strings/LANGUAGE.json. */

/** Gives the language of a locale: "zh" of "zh_CN". */
export function languageOf(locale) {
  return /^[a-z]{2,3}/i.exec(locale)?.[0].toLowerCase() ?? 'en';
}

export class Strings {
  constructor(texts, language) {
    this.texts = texts;
    this.language = language;
  }

  /** Loads the texts of a locale such as "en_US", in English where there are none of its language. */
  static async load(base, locale) {
    for (const name of new Set([languageOf(locale), 'en'])) {
      const response = await fetch(new URL(`static/strings/${name}.json`, base), { credentials: 'omit' });
      if (response.ok) return new Strings(await response.json(), name);
    }
    throw new Error('The texts of the widget cannot be loaded.');
  }

  /** Gives a text by its path ("error.busy") with {placeholders} filled in; an unknown path gives null. */
  text(path, values = {}) {
    const found = this.find(path);
    return typeof found === 'string' ? found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole) : null;
  }

  find(path) {
    return path.split('.').reduce((level, name) => level?.[name], this.texts);
  }
}
