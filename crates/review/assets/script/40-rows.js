/**
 * A column. `without` is the word for a row whose value is empty. A column with `filter` is a filter too, which lists these words first.
 * `live` values change while the page is open.
 * @typedef {{ title: string, width: number, shown?: boolean, live?: boolean,
 *   value: (row: number) => string | number, without?: (row: number) => string,
 *   cell?: (row: number) => Child, sort?: (row: number) => string | number,
 *   filter?: string[], filterWords?: (row: number) => string | string[] }} Column
 */

/** Which rows of a table match, in which order, and which are selected. Rows are numbered from 0. */
class Rows {
  /** @type {{ column: Column, descending: boolean } | null} */
  sorted = null;
  /** @type {Set<number> | null} Only these may match. */
  only = null;
  /** @type {string[]} All must be in the text of a row. */
  needles = [];
  /** @type {Map<Column, string>} The word that each filter asks for. */
  wanted = new Map();
  /** @type {Map<Column, Int32Array>} All rows in the order of a column. */
  orders = new Map();
  /** @type {Map<Column, (string | string[])[]>} The words of each row for a filter. */
  filterWords = new Map();

  /** @param {number} count @param {(row: number) => string} searchText */
  constructor(count, searchText) {
    this.all = Int32Array.from({ length: count }, (_, row) => row);
    /** The rows that match, in the order in which they are shown; each change creates a new array. */
    this.matched = this.all;
    /** 1 for each row that is selected. */
    this.selected = new Uint8Array(count);
    this.texts = Array.from(this.all, (row) => searchText(row).toLowerCase());
  }

  /** @param {Column} column @returns {(row: number) => string | string[]} */
  wordsOf(column) {
    const read = column.filterWords
      ?? ((/** @type {number} */ row) => String(column.value(row)) || column.without?.(row) || '(none)');
    if (column.live) return read;
    const known = this.filterWords.get(column) ?? Array.from(this.all, read);
    this.filterWords.set(column, known);
    return (row) => known[row];
  }

  /** @param {Column} column Returns the words that a filter can ask for, with their counts unless these may change. */
  choices(column) {
    const { live, filter = [] } = column;
    if (live) return filter.map((word) => ({ word, label: word }));
    /** @type {Map<string, number>} */
    const counts = new Map();
    const wordsOf = this.wordsOf(column);
    for (const row of this.all) for (const word of [wordsOf(row)].flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
    return ordered(counts.keys(), filter)
      .map((word) => ({ word, label: `${cut(word, 60)} (${number(counts.get(word) ?? 0)})` }));
  }

  /** @param {Column} column All rows in the order of a column; rows without a value come last. */
  order(column) {
    const known = this.orders.get(column);
    if (known) return known;
    const keys = Array.from(this.all, column.sort ?? column.value);
    const texts = [...new Set(keys.filter((key) => typeof key === 'string' && key !== ''))].map(String);
    /** @type {Map<string | number, number>} Comparing numbers is quicker than comparing texts again and again. */
    const ranks = new Map(texts.sort(collator.compare).map((text, index) => [text, index]));
    const weights = Float64Array.from(keys, (key) => (typeof key === 'number' ? key : (ranks.get(key) ?? texts.length)));
    const rows = this.all.slice().sort((a, b) => weights[a] - weights[b] || a - b);
    if (!column.live) this.orders.set(column, rows);
    return rows;
  }

  /** Finds the rows that match, in their order. */
  update() {
    const { only, needles, texts } = this;
    const filters = [...this.wanted].map(([column, word]) => ({ word, wordsOf: this.wordsOf(column) }));
    const matches = (/** @type {number} */ row) => (!only || only.has(row))
      && filters.every(({ word, wordsOf }) => [wordsOf(row)].flat().includes(word))
      && needles.every((needle) => texts[row].includes(needle));
    this.matched = (this.sorted ? this.order(this.sorted.column) : this.all).filter(matches);
    if (this.sorted?.descending) this.matched.reverse();
  }
}
