// The files of this folder are one module, in the order of their names: each uses the names of the others.
// This one: texts and elements. Every text passes `make` and becomes a text node or an attribute, never markup.

/** @typedef {Node | string | null} Child */

/** Characters that show nothing or reorder others: a name must not be able to look like another name. */
const INVISIBLE =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** More characters of a name or a cell would not be visible, and would cost time to lay out. */
const LONGEST = 300;
const collator = new Intl.Collator('en', { numeric: true });
const { format: number } = new Intl.NumberFormat('en');
/** @param {string} text */
const visible = (text) =>
  text.replace(INVISIBLE, (c) => `⟨U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
/** @param {string} text @param {number} [length] */
const cut = (text, length = LONGEST) =>
  text.length > length ? `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…` : text;
/** @param {number} count @param {string} noun */
const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
/** @param {string} text */
const words = (text) => text.replaceAll('_', ' ');
/** @param {string | null} time an RFC 3339 time in UTC */
const when = (time) => (time ?? '').replace(/^([\d-]{10})T(\d\d:\d\d)(:[\d.]+)?Z$/, '$1 $2 UTC');
/** @param {string[]} known @param {string} word Unknown words come after the known ones. */
const rank = (known, word) => (known.includes(word) ? known.indexOf(word) : known.length);
/** @param {Iterable<string>} list @param {string[]} known */
const ordered = (list, known) =>
  [...new Set(list)].sort((a, b) => rank(known, a) - rank(known, b) || collator.compare(a, b));
/** @param {number[]} counts */
const sum = (counts) => counts.reduce((total, count) => total + count, 0);

/**
 * Creates an element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string>} [attributes] @param {Child[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, visible(value));
  for (const child of children) {
    if (child !== null) element.append(typeof child === 'string' ? visible(child) : child);
  }
  return element;
}

/** @param {string} text Text of a service, which may be written from right to left. */
const isolated = (text) => make('bdi', {}, text);
/** @param {string} text A word for what has no value. */
const muted = (text) => make('span', { class: 'unknown', dir: 'auto' }, text);

/** @param {string} title @param {() => void} action @param {string} [kind] */
function button(title, action, kind = '') {
  const element = make('button', { type: 'button', class: kind }, title);
  element.addEventListener('click', action);
  return element;
}

/** @param {Child[][]} items @param {string} [kind] */
const list = (items, kind = '') => make('ul', { class: kind }, ...items.map((item) => make('li', {}, ...item)));
/** @param {Record<string, Child>} entries */
const facts = (entries) => make('dl', { class: 'facts' }, ...Object.entries(entries).flatMap(([term, text]) =>
  [make('dt', {}, term), make('dd', {}, typeof text === 'string' ? isolated(text) : text)]));
/** @param {string} id @param {string} title @param {Child[]} children */
const section = (id, title, ...children) => make('section', { id, 'aria-labelledby': `${id}-title` },
  make('h2', { id: `${id}-title`, tabindex: '-1' }, title), ...children);

/**
 * A small table; the first cell of each row is its header.
 * @param {string} caption @param {Child[]} heads @param {(Child | number)[][]} rows @param {string} [kind]
 */
function plainTable(caption, heads, rows, kind = '') {
  const content = (/** @type {Child | number} */ cell) =>
    cell === null || cell instanceof Node ? cell : isolated(typeof cell === 'number' ? number(cell) : cell);
  const table = make('table', { class: `plain ${kind}` },
    make('caption', {}, caption),
    make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)))),
    make('tbody', {}, ...rows.map(([head, ...cells]) =>
      make('tr', {}, make('th', { scope: 'row' }, content(head)), ...cells.map((cell) => make('td', {}, content(cell)))))));
  return make('div', { class: 'wide', tabindex: '0', role: 'group', 'aria-label': caption }, table);
}

/** @typedef {'good' | 'bad' | 'plain' | 'unknown'} Fill The look of a part of a bar; "unknown" is an outline. */

/** @param {string} tag @param {Record<string, string | number>} attributes @param {SVGElement[]} children */
function drawing(tag, attributes, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS('http://www.w3.org/2000/svg', tag));
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, visible(String(value)));
  element.append(...children);
  return element;
}

/** @param {[Fill, string, number][]} parts The look, the word and the count of each. @param {number} whole */
function bar(parts, whole) {
  const label = parts.map(([, word, count]) => `${word}: ${number(count)}`).join(', ');
  let x = 0;
  const drawn = parts.map(([fill, , count]) => {
    const width = (100 * count) / Math.max(whole, 1);
    const part = drawing('rect', { class: `fill-${fill}`, x, y: 0, width, height: 1 });
    x += width;
    return part;
  });
  const size = { viewBox: '0 0 100 1', preserveAspectRatio: 'none' };
  return drawing('svg', { class: 'bar', role: 'img', 'aria-label': label, ...size }, ...drawn);
}

/** @param {Fill} fill @param {string} word The head of a column that is also a part of a bar. */
const legend = (fill, word) => make('span', {}, make('span', { class: `swatch fill-${fill}` }), word);

/**
 * A list that may be long: the first items, and a button for more.
 * @template T
 * @param {T[]} items @param {(item: T) => HTMLLIElement} create @param {string} kind
 */
function growingList(items, create, kind) {
  const element = make('ul', { class: kind });
  const show = (/** @type {number} */ count) => {
    element.append(...items.slice(element.childElementCount, element.childElementCount + count).map(create));
    const rest = items.length - element.childElementCount;
    more.hidden = rest === 0;
    more.textContent = `Show more (${number(rest)} not shown)`;
  };
  const more = button('', () => show(100), 'more');
  show(10);
  window.addEventListener('beforeprint', () => show(2000));
  return [element, more];
}

/** @param {string} summary @param {Child[]} children Opens for the printer too. */
function folded(summary, ...children) {
  const element = make('details', {}, make('summary', {}, summary), ...children);
  window.addEventListener('beforeprint', () => (element.open = true));
  return element;
}

/** @param {() => void} task Does slow work that nobody waits for. */
function whenIdle(task) {
  if ('requestIdleCallback' in window) window.requestIdleCallback(task, { timeout: 5000 });
  else setTimeout(task, 200);
}
