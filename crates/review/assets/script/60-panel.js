/** @typedef {{ title: string, content: () => Child[] }} View */

/** The panel at the side: a stack of views, of which the first may be a row of a table with others beside it. */
const panel = (() => {
  /** @type {View[]} */
  let views = [];
  /** @type {{ table: Table, rows: Int32Array, position: number, view: (row: number) => View } | null} */
  let walk = null;
  /** Whether the view holds a decision that was typed and not recorded. */
  let isUnrecorded = () => false;

  const title = make('h2', { id: 'panel-title', tabindex: '-1' });
  const message = make('span', { role: 'status' });
  const content = make('div');
  const back = button('Back', () => {
    if (!mayLeave()) return;
    views.pop();
    draw();
  });
  const previous = button('Previous', () => step(-1));
  const next = button('Next', () => step(1));
  const dialog = make('dialog', { 'aria-labelledby': 'panel-title' },
    make('div', { class: 'panel-head' }, title,
      make('div', { class: 'line' }, back, previous, next, button('Close', () => mayLeave() && dialog.close()), message)),
    content);
  dialog.addEventListener('cancel', (event) => mayLeave() || event.preventDefault());
  dialog.addEventListener('close', () => {
    // A filter may have dropped the row meanwhile.
    const position = walk?.table.rows.matched.indexOf(walk.rows[walk.position]) ?? -1;
    walk?.table.focusPosition(position < 0 ? undefined : position);
  });

  const mayLeave = () => !isUnrecorded() || window.confirm('The decision in the form is not recorded. Leave it?');

  function draw() {
    const view = views[views.length - 1];
    isUnrecorded = () => false;
    message.textContent = '';
    title.replaceChildren(isolated(cut(view.title, 120)));
    content.replaceChildren(make('div', { class: 'panel-content' }, ...view.content()));
    back.hidden = views.length < 2;
    previous.hidden = !walk || views.length > 1 || walk.position === 0;
    next.hidden = !walk || views.length > 1 || walk.position === walk.rows.length - 1;
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    title.focus();
  }

  /** @param {number} direction */
  function step(direction) {
    if (!walk || !mayLeave()) return;
    walk.position += direction;
    views = [walk.view(walk.rows[walk.position])];
    draw();
  }

  /** @param {View} view Opens a view over the current one, if there is one. */
  function open(view) {
    if (!dialog.open) {
      views = [];
      walk = null;
    } else if (!mayLeave()) return;
    views.push(view);
    draw();
  }

  /**
   * Opens a row of a table; Next and Previous open those beside it.
   * @param {Table} table @param {number} position @param {(row: number) => View} view
   */
  function openRow(table, position, view) {
    walk = { table, rows: table.rows.matched, position, view };
    views = [];
    step(0);
  }

  /** Shows the view again after a decision, ready for the next row. */
  function recorded() {
    draw();
    message.textContent = 'Recorded.';
    if (!next.hidden) next.focus();
  }

  return { dialog, open, openRow, recorded, close: () => dialog.close(),
    watch: (/** @type {() => boolean} */ isTyped) => (isUnrecorded = isTyped) };
})();
