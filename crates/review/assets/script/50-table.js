/**
 * @typedef {{ name: string, count: number, columns: Column[], selects?: boolean, searchText: (row: number) => string,
 *   open: (position: number) => void }} TableOptions
 */

/** A table with a search, filters and sorting, which keeps only its visible rows in the document. */
class Table {
  /** Rows that are kept in the document above and below the visible ones. */
  static OVERSCAN = 8;
  static PRINTED = 2000;

  /** @type {Map<number, HTMLTableRowElement>} The rows in the document, by position. */
  rendered = new Map();
  /** The position that has or last had the focus. */
  active = 0;
  isPrinting = false;
  /** In pixels; asking the browser for them while rows change would cost a layout each time. */
  size = { row: 32, top: 0, height: 0 };
  onChange = () => {};

  search = make('input', { type: 'search', spellcheck: 'false', autocomplete: 'off' });
  /** @type {Map<Column, HTMLSelectElement>} */
  selects = new Map();
  onlyNote = make('p', { class: 'notice', hidden: '' });
  count = make('p', { class: 'count', 'aria-live': 'polite', dir: 'auto' });
  /** For the buttons of whoever uses the table. */
  actions = make('span', { class: 'line' });
  printNote = make('p', { class: 'print-only' });
  head = make('tr', { 'aria-rowindex': '1' });
  spaceBefore = make('tr', { class: 'space', 'aria-hidden': 'true' }, make('td'));
  spaceAfter = make('tr', { class: 'space', 'aria-hidden': 'true' }, make('td'));
  body = make('tbody', {}, this.spaceBefore, this.spaceAfter);
  allBox = make('input', { type: 'checkbox', 'aria-label': 'Select all rows that match' });

  /** @param {TableOptions} options */
  constructor(options) {
      this.options = options;
    this.rows = new Rows(options.count, options.searchText);
    this.grid = make('table', { class: 'rows', role: 'grid', 'aria-label': options.name },
      make('thead', {}, this.head), this.body);
    if (options.selects) this.grid.setAttribute('aria-multiselectable', 'true');
    this.scroller = make('div', { class: 'scroller', tabindex: '-1' }, this.grid);
    const filters = options.columns.filter(({ filter }) => filter).map((column) => this.filter(column));
    this.element = make('div', { class: 'table' },
      make('div', { class: 'controls' },
        make('label', { class: 'search' }, make('span', {}, 'Search'), this.search), ...filters,
        button('Clear filters', () => this.showOnly(null))),
      this.onlyNote,
      make('div', { class: 'line' }, this.count, this.actions, this.chooser()),
      this.printNote, this.scroller,
      make('p', { class: 'hint' },
        `Arrow keys, Page Up, Page Down, Home and End move; Enter opens${options.selects ? '; Space selects' : ''}.`));
    this.search.addEventListener('input', () => this.apply());
    this.allBox.addEventListener('change', () => this.select(this.rows.matched, this.allBox.checked));
    this.scroller.addEventListener('scroll', () => this.measure());
    new ResizeObserver(() => this.measure()).observe(this.scroller);
    this.scroller.addEventListener('keydown', (event) => this.onKey(event));
      window.addEventListener('beforeprint', () => this.print(true));
    window.addEventListener('afterprint', () => this.print(false));
    this.showColumns();
  }

  /** @param {Column} column */
  filter(column) {
      const select = make('select', {}, make('option', { value: '' }, 'all'));
    // Values are set as they are: attributes would replace characters that cannot be seen.
    for (const { word, label } of this.rows.choices(column)) select.add(Object.assign(make('option', {}, label), { value: word }));
    select.addEventListener('change', () => this.apply());
    this.selects.set(column, select);
    return make('label', {}, make('span', {}, column.title), select);
  }

  chooser() {
      const boxes = this.options.columns.slice(1).map((column) => {
      const box = make('input', { type: 'checkbox' });
      box.checked = column.shown === true;
      box.addEventListener('change', () => {
        column.shown = box.checked;
        this.showColumns();
      });
      return make('label', {}, box, column.title);
    });
    return make('details', { class: 'chooser' }, make('summary', {}, 'Columns'), make('div', { class: 'choices' }, ...boxes));
  }

  columns() {
    return this.options.columns.filter((column) => column.shown);
  }

  showColumns() {
    const columns = this.columns();
    this.grid.style.minWidth = `${sum(columns.map(({ width }) => width)) + 2}rem`;
    this.head.replaceChildren(...columns.map((column) => this.headCell(column)));
    if (this.options.selects) this.head.prepend(make('th', { scope: 'col', class: 'pick' }, this.allBox));
    for (const column of columns) whenIdle(() => this.rows.order(column));
    this.apply();
  }

  /** @param {Column} column */
  headCell(column) {
    const { rows } = this;
    const state = () => (rows.sorted?.column !== column ? 'none' : rows.sorted.descending ? 'descending' : 'ascending');
    const cell = make('th', { scope: 'col', 'aria-sort': state() }, button(column.title, () => {
      rows.sorted = { column, descending: state() === 'ascending' };
      for (const each of this.head.children) each.removeAttribute('aria-sort');
      cell.setAttribute('aria-sort', state());
      this.apply();
    }));
    cell.style.width = `${column.width}rem`;
    return cell;
  }

  /** @param {number[] | null} only Drops the search and the filters, and shows all rows or only these. @param {string} [title] */
  showOnly(only, title = '') {
    this.search.value = '';
    for (const select of this.selects.values()) select.value = '';
    this.rows.only = only && new Set(only);
    this.onlyNote.hidden = !only;
    this.onlyNote.replaceChildren(visible(`Only: ${title}. `), button('Show all', () => this.showOnly(null)));
    this.apply();
    if (!only) return;
    this.element.scrollIntoView();
    this.focusPosition(0);
  }

  /** Filters and sorts. @param {boolean} [keepsPlace] */
  apply(keepsPlace = false) {
    const { rows, scroller } = this;
    const activeRow = rows.matched[this.active];
    rows.needles = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.wanted = new Map([...this.selects].filter(([, { value }]) => value).map(([column, { value }]) => [column, value]));
    rows.update();
    const active = rows.matched.indexOf(activeRow);
    this.active = active >= 0 ? active : keepsPlace ? Math.max(0, Math.min(this.active, rows.matched.length - 1)) : 0;
    if (!keepsPlace) this.size.top = scroller.scrollTop = 0;
    this.redraw();
  }

  /** Draws all visible rows again. */
  redraw() {
    const { rows: { matched }, body, rendered } = this;
    this.count.textContent = `${number(matched.length)} of ${counted(this.options.count, 'row')}`;
    this.grid.setAttribute('aria-rowcount', String(matched.length + 1));
    this.allBox.checked = matched.length > 0 && matched.every((row) => this.rows.selected[row]);
    const hadFocus = body.contains(document.activeElement);
    for (const row of rendered.values()) row.remove();
    rendered.clear();
    this.render();
    if (hadFocus) (rendered.get(this.active) ?? this.scroller).focus({ preventScroll: true });
    this.onChange();
  }

  /** The place or the size of the visible part has changed. */
  measure() {
    const { scrollTop: top, clientHeight: height } = this.scroller;
    this.size = { row: 2 * parseFloat(getComputedStyle(document.documentElement).fontSize), top, height };
    this.render();
  }

  /** Brings the rows in the document in line with the scroll position. */
  render() {
    const { body, rendered, rows: { matched }, size, isPrinting } = this;
    const top = Math.min(Math.floor(size.top / size.row), Math.max(0, matched.length - 1));
    const length = isPrinting ? Math.min(Table.PRINTED, matched.length) : matched.length;
    const first = isPrinting ? 0 : Math.max(0, top - Table.OVERSCAN);
    const last = isPrinting ? length : Math.min(length, top + Math.ceil(size.height / size.row) + Table.OVERSCAN);
    for (const [position, row] of rendered) {
      if (position >= first && position < last) continue;
      if (row.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
      row.remove();
      rendered.delete(position);
    }
    let next = this.spaceBefore.nextSibling;
    for (let position = first; position < last; position += 1) {
      const row = rendered.get(position) ?? this.rowElement(position);
      rendered.set(position, row);
      if (row === next) next = row.nextSibling;
      else body.insertBefore(row, next);
    }
    this.spaceBefore.style.height = `${first * size.row}px`;
    this.spaceAfter.style.height = `${Math.max(0, length - last) * size.row}px`;
    this.letTabReach(rendered.has(this.active) ? this.active : top);
  }

  /** @param {number} position The only row that the Tab key reaches. */
  letTabReach(position) {
    for (const [each, row] of this.rendered) row.tabIndex = each === position ? 0 : -1;
  }

  /** @param {number} position */
  rowElement(position) {
      const row = this.rows.matched[position];
    const [named, ...others] = this.columns();
    const name = String(named.value(row));
    const element = make('tr', { 'aria-rowindex': String(position + 2), 'data-position': String(position) });
    if (position % 2) element.className = 'odd';
    element.addEventListener('focusin', () => this.letTabReach(this.active = position));
    element.addEventListener('click', ({ target }) => {
      const picks = target instanceof Element && target.closest('.pick');
      const selectsText = window.getSelection()?.type === 'Range';
      if (!picks && !selectsText) this.options.open(this.active = position);
    });
    if (this.options.selects) {
      const box = make('input', { type: 'checkbox', tabindex: '-1', 'aria-label': `Select ${cut(name, 80)}` });
      box.checked = this.rows.selected[row] === 1;
      box.addEventListener('change', () => this.select([row], box.checked));
      element.setAttribute('aria-selected', String(box.checked));
      element.append(make('td', { class: 'pick' }, make('label', {}, box)));
    }
    // The row itself takes the keyboard; this button is for pointers and for screen readers that walk through the cells.
    const link = make('button', { type: 'button', class: 'link', tabindex: '-1', dir: 'auto' }, cut(name));
    element.append(make('td', { dir: 'auto' }, link), ...others.map((column) => {
      const text = column.value(row);
      const content = column.cell?.(row) ?? (text === '' ? muted(column.without?.(row) ?? '') : cut(String(text)));
      return make('td', { dir: 'auto' }, content);
    }));
    return element;
  }

  /** @param {ArrayLike<number>} rows @param {boolean} on */
  select(rows, on) {
    for (let index = 0; index < rows.length; index += 1) this.rows.selected[rows[index]] = Number(on);
    this.redraw();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.target !== this.scroller && !(event.target instanceof HTMLTableRowElement)) return;
    const { active, rows: { matched, selected }, size } = this;
    if (event.altKey || event.ctrlKey || event.metaKey || !matched.length) return;
    const page = Math.max(1, Math.floor(size.height / size.row) - 2);
    /** @type {Record<string, number>} */
    const targets = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page,
      Home: 0, End: matched.length - 1 };
    if (event.key in targets) this.focusPosition(targets[event.key]);
    else if (event.key === 'Enter') this.options.open(active);
    else if (event.key === ' ' && this.options.selects) this.select([matched[active]], !selected[matched[active]]);
    else return;
    event.preventDefault();
  }

  /** @param {number} [position] */
  focusPosition(position = this.active) {
    const { scroller, size } = this;
    this.active = Math.max(0, Math.min(position, this.rows.matched.length - 1));
    const top = this.active * size.row;
    const space = scroller.clientHeight - this.head.offsetHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + size.row > scroller.scrollTop + space) scroller.scrollTop = top + size.row - space;
    this.measure();
    (this.rendered.get(this.active) ?? scroller).focus({ preventScroll: true });
  }

  /** @param {boolean} on */
  print(on) {
    const { matched } = this.rows;
    this.isPrinting = on;
    this.printNote.textContent = `Printed: ${number(Math.min(Table.PRINTED, matched.length))} of the `
      + `${counted(matched.length, 'row')} that match, of ${number(this.options.count)} in all.`;
    this.redraw();
  }
}
