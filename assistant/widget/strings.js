/** Every text that the widget and the storefront show, from strings/LANGUAGE.json. */

/** Gives the language of a locale: "zh" of "zh_CN". */
export function languageOf(locale) {
  return /^[a-z]{2,3}/i.exec(locale)?.[0].toLowerCase() ?? 'en';
}

/** Gives the name of the file of a locale's texts: "zh_TW" and "zh-HK" read traditional characters. */
function fileOf(locale) {
  return /^zh[-_](hant|tw|hk|mo)/i.test(locale) ? 'zh-hant' : languageOf(locale);
}

export class Strings {
  constructor(texts, language) {
    this.texts = texts;
    this.language = language;
  }

  /** Loads the texts of a locale such as "en_US", in English where there are none of its language. */
  static async load(base, locale) {
    for (const name of new Set([fileOf(locale), languageOf(locale), 'en'])) {
      const response = await fetch(new URL(`static/strings/${name}.json`, base), { credentials: 'omit' });
      if (response.ok) return new Strings(await response.json(), languageOf(name));
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
