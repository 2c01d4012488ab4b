/** @typedef {{ decision: string, reason: string }} Decision */

/** What the reviewer decided: kept in the browser until it is saved as a file. The page sends nothing. */
const decisions = (() => {
  /** @type {Record<string, string>} */
  const MEANINGS = {
    keep: 'the access stays as it is',
    remove: 'the access ends; the reason is required',
    change: 'the access changes; the reason is required and says how',
    ask: 'somebody must answer a question first',
  };
  const STORE_KEY = `anyprofile.review.${review.id}`;

  /** @type {Map<number, Decision>} */
  let decided = new Map();
  let reviewer = '';
  let unsaved = false;
  let isStored = true;
  /** @type {(() => void)[]} */
  const listeners = [];

  /** @param {boolean} isUnsaved */
  function changed(isUnsaved) {
    unsaved = isUnsaved;
    if (isStored) setTimeout(() => whenIdle(store), 300);
    isStored = false;
    for (const listener of listeners) listener();
  }

  /** @param {number[]} rows @param {Decision | null} decision */
  function decide(rows, decision) {
    for (const row of rows) {
      if (decision) decided.set(row, decision);
      else decided.delete(row);
    }
    changed(true);
  }

  /** @param {string} text Trims a text and replaces half characters, which other JSON readers refuse. */
  const clean = (text) => text.trim().replace(/\p{Surrogate}/gu, '\ufffd');

  /** @param {string} name */
  function setReviewer(name) {
    reviewer = clean(name);
    changed(unsaved || decided.size > 0);
  }

  function counts() {
    const tally = Object.fromEntries(Object.keys(MEANINGS).map((word) => [word, 0]));
    for (const { decision } of decided.values()) tally[decision] += 1;
    return { ...tally, undecided: profiles.length - decided.size };
  }

  /** @param {Decision} decision Returns what is wrong with it, or an empty text. */
  function problem({ decision, reason }) {
    if (!Object.hasOwn(MEANINGS, decision)) return 'Choose keep, remove, change or ask';
    return ['remove', 'change'].includes(decision) && !clean(reason) ? `A reason is required for ${decision}` : '';
  }

  /** @param {Iterable<[number | undefined, Decision]>} entries Throws an error if they do not fit the review. */
  function checked(entries) {
    /** @type {typeof decided} */
    const read = new Map();
    for (const [row, { decision, reason }] of entries) {
      if (row === undefined || !(row in profiles)) throw new Error('it decides about a profile that is not in this review');
      if (read.has(row)) throw new Error('it decides about a profile twice');
      const wrong = problem({ decision, reason });
      if (wrong) throw new Error(`one of its decisions is refused: ${wrong}`);
      read.set(row, { decision, reason });
    }
    return read;
  }

  /** Keeps the decisions for a reload. Storage is a convenience: some browsers have none for files. */
  function store() {
    isStored = true;
    try {
      if (!decided.size && !reviewer) localStorage.removeItem(STORE_KEY);
      else localStorage.setItem(STORE_KEY, JSON.stringify({ reviewer, unsaved, decided: [...decided] }));
    } catch {
      // The page warns before it is left.
    }
  }

  function restore() {
    try {
      const stored = JSON.parse(localStorage.getItem(STORE_KEY) ?? '');
      decided = checked(stored.decided);
      reviewer = String(stored.reviewer);
      unsaved = stored.unsaved === true;
    } catch {
      // Nothing is stored, or not what this page stores.
    }
  }

  /** @param {string} text */
  async function sha256(text) {
    if (!globalThis.crypto?.subtle) throw new Error('this browser cannot compute SHA-256 here (crypto.subtle is missing)');
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** Returns the text of the file: `{"decisions":…,"sha256":"…"}`; the hash is over the text of the content. */
  async function toFile() {
    const rows = [...decided.keys()].sort((a, b) => a - b);
    const content = JSON.stringify({
      format: 'anyprofile.decisions', version: 1, review: review.id, seal: snapshot.seal, reviewer,
      decided: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      decisions: rows.map((row) => ({ id: profiles[row].id, ...decided.get(row) })),
    });
    return `{"decisions":${content},"sha256":"${await sha256(content)}"}\n`;
  }

  /** @param {ArrayBuffer} bytes Throws an error that says why the file is refused. */
  async function fromFile(bytes) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const match = /^\{"decisions":(\{.*\}),"sha256":"([0-9a-f]{64})"\}\n?$/s.exec(text);
    if (!match) throw new Error('it is not a decisions file as this page saves it');
    if ((await sha256(match[1])) !== match[2]) throw new Error('its hash is wrong: the file was altered after it was saved');
    const content = JSON.parse(match[1]);
    if (content.format !== 'anyprofile.decisions' || content.version !== 1) throw new Error('its format is not known');
    if (content.review !== review.id) throw new Error('it belongs to another review');
    if (content.seal !== snapshot.seal) throw new Error('it belongs to another snapshot');
    const rows = new Map(profiles.map(({ id }, row) => [id, row]));
    const read = checked(content.decisions.map((/** @type {{ id: string } & Decision} */ each) => [rows.get(each.id), each]));
    return () => {
      decided = read;
      reviewer = String(content.reviewer);
      changed(false);
    };
  }

  restore();
  window.addEventListener('pagehide', store);
  window.addEventListener('beforeunload', (event) => {
    if (unsaved && decided.size) event.preventDefault();
  });

  return {
    MEANINGS, changed, clean, counts, decide, fromFile, problem, setReviewer, toFile,
    get: (/** @type {number} */ row) => decided.get(row),
    count: () => decided.size,
    reviewer: () => reviewer,
    areUnsaved: () => unsaved && decided.size > 0,
    onChange: (/** @type {() => void} */ listener) => listeners.push(listener),
  };
})();
