"use strict";
// The page is whole without this script. It sorts, searches and filters tables, shows the rows of
// their data islands, and copies them as CSV. Text from the corpus is only ever set as text.
const FIRST = 50;
const SEARCH_FROM = 8;
const TAGS = new Set(["bdi", "small", "span", "code", "p", "b", "br", "mark", "i", "td", "th"]);
const ATTRIBUTES = new Set(["class", "dir", "lang", "scope", "colspan", "data-value"]);

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

// Rows of data islands, see reports/rows.py.
const tree = (node) => {
  if (typeof node === "string") return node;
  const [tag, attributes, ...children] = node;
  if (!TAGS.has(tag)) throw new Error(`unexpected element ${tag}`);
  const known = Object.entries(attributes).filter(([name]) => ATTRIBUTES.has(name));
  return make(tag, Object.fromEntries(known), ...children.map(tree));
};
const cellOf = (cell, place) => {
  if (typeof cell === "string") {
    const text = make("bdi", { dir: "auto" }, cell);
    return place ? make("td", {}, text) : make("th", { scope: "row" }, text);
  }
  if (!Array.isArray(cell)) return tree([cell.cell, cell.with, ...cell.of]);
  const [text, value, note] = cell;
  const made = make("td", { class: "number" }, text);
  if (value !== null) made.dataset.value = value;
  if (note !== undefined) made.append(make("small", {}, note));
  return made;
};
const rowOf = (data) => {
  const cells = Array.isArray(data) ? data : data.cells;
  const row = make("tr", {}, ...cells.map(cellOf));
  if (data.class) row.className = data.class;
  return row;
};

// CSV for spreadsheets: what would run there as a formula is text, what hides is shown.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?%?$/i;
const plainNumber = (text) =>
  /^[−+]?[\d,]+(\.\d+)?%?$/.test(text) ? text.replace(/,/g, "").replace("−", "-").replace("+", "") : text;
const csvCell = (text) => {
  let written = text
    .replace(/\s+/g, " ")
    .trim()
    .replace(UNSEEN, (c) => `⟦U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`);
  if (!NUMBER.test(written)) {
    // Also behind what another locale takes for the end of a cell.
    written = written
      .replace(/^(?=[=+\-@＝＋－＠])/u, "'")
      .replace(/([;,|"]\s*)(?=[=+\-@＝＋－＠])/gu, "$1'");
  }
  return `"${written.replace(/"/g, '""')}"`;
};

const textOf = (cell) => {
  const parts = [...cell.childNodes].filter((node) => node.nodeName !== "SMALL");
  return parts.map((node) => node.textContent).join(" ").replace(/\s+/g, " ").trim();
};
const noteOf = (cell) => {
  const notes = [...cell.children].filter((node) => node.nodeName === "SMALL");
  return notes.map((node) => node.textContent).join("; ");
};
const nameOf = (cell) => (cell.querySelector("bdi") ?? cell).textContent.trim();

// The lowest head of each column, with the heads above it.
const columnsOf = (table) => {
  const grid = [...table.tHead.rows].map(() => []);
  [...table.tHead.rows].forEach((row, top) => {
    let place = 0;
    for (const cell of row.cells) {
      while (grid[top][place]) place += 1;
      for (let down = 0; down < cell.rowSpan; down += 1)
        for (let across = 0; across < cell.colSpan; across += 1)
          if (grid[top + down]) grid[top + down][place + across] = cell;
      place += cell.colSpan;
    }
  });
  const last = grid[grid.length - 1];
  return last.map((head, place) => {
    const above = [...new Set(grid.map((row) => row[place]))].filter((each) => each !== head);
    const names = [...above, head].map((each) => each.textContent.replace(/\s+/g, " ").trim());
    return { head, key: head.dataset.key, name: names.filter(Boolean).join(": ") };
  });
};

const filters = { language: "", source: "" };

class Table {
  constructor(table) {
    this.table = table;
    this.body = table.tBodies[0];
    this.columns = columnsOf(table);
    this.caption = table.caption ? table.caption.textContent.replace(/\s+/g, " ").trim() : "table";
    const island = this.body.querySelector("script");
    const data = island ? JSON.parse(island.textContent) : { left: 0, rows: [] };
    if (island) island.remove();
    this.left = data.left;
    this.rows = [...this.body.rows].map((element) => ({ element }));
    this.rows.push(...data.rows.map((row) => ({ data: row })));
    this.order = this.rows;
    this.limit = FIRST;
    this.words = "";
    this.region = table.closest(".scroll") ?? table;
    if (this.rows.length > 1 && !table.classList.contains("fixed")) this.sortable();
    if (this.rows.length) this.tools();
  }

  // The cell of each column; one that spans several stands in each of them.
  cells(row) {
    if (!row.element) row.element = rowOf(row.data);
    if (!row.cells)
      row.cells = [...row.element.cells].flatMap((cell) => Array(cell.colSpan).fill(cell));
    return row.cells;
  }

  // Of rows in an island without making elements of them.
  value(row, place) {
    if (!row.element && Array.isArray(row.data)) {
      const cell = row.data[place];
      if (typeof cell === "string") return cell;
      if (Array.isArray(cell)) return cell[1] === null ? plainNumber(cell[0]) : String(cell[1]);
    }
    const cell = this.cells(row)[place];
    if (!cell) return "";
    return cell.dataset.value ?? plainNumber(textOf(cell));
  }

  key(row, place) {
    if (!row.element && Array.isArray(row.data) && typeof row.data[place] === "string")
      return row.data[place];
    const cell = this.cells(row)[place];
    return cell ? nameOf(cell) : "";
  }

  search(row) {
    if (row.words === undefined) {
      const text = row.element
        ? row.element.textContent
        : JSON.stringify(row.data, (name, value) => (name === "with" ? undefined : value));
      row.words = text.normalize("NFKC").toLowerCase();
    }
    return row.words.includes(this.words);
  }

  wanted(row) {
    const kept = this.columns.every(
      ({ key }, place) => !key || !filters[key] || this.key(row, place) === filters[key],
    );
    return kept && (!this.words || this.search(row));
  }

  found() {
    const free = !this.words && !this.columns.some(({ key }) => key && filters[key]);
    return free ? this.order : this.order.filter((row) => this.wanted(row));
  }

  draw() {
    const found = this.found();
    const shown = found.slice(0, this.limit);
    shown.forEach((row) => this.cells(row));
    this.body.replaceChildren(...shown.map((row) => row.element));
    if (!found.length) {
      const none = make("td", { class: "absent", colspan: this.columns.length }, "No such row.");
      this.body.append(make("tr", {}, none));
    }
    this.say(found.length, shown.length);
  }

  say(found = this.order.length, shown = Math.min(found, this.limit)) {
    const all = this.rows.length.toLocaleString("en");
    const parts = [];
    if (found < this.rows.length) parts.push(`${found.toLocaleString("en")} of ${all} rows found`);
    if (shown < found) parts.push(`${shown.toLocaleString("en")} of ${found.toLocaleString("en")} shown`);
    this.status.textContent = parts.join(", ");
    this.more.hidden = shown >= found;
    this.more.textContent = `Show all ${found.toLocaleString("en")} rows`;
    if (this.note) this.note.hidden = !this.left && (shown >= found || found < this.rows.length);
  }

  sortable() {
    this.columns.forEach(({ head }, place) => {
      if (!head.textContent.trim() || head.querySelector("button")) return;
      const button = make("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => this.sort(head, place));
    });
  }

  sort(head, place) {
    const before = head.getAttribute("aria-sort");
    const numeric = head.classList.contains("number");
    const next = before ? (before === "descending" ? "ascending" : "descending")
      : numeric ? "descending" : "ascending";
    this.columns.forEach((column) => column.head.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", next);
    const sign = next === "descending" ? -1 : 1;
    const last = (row) =>
      row.element ? row.element.classList.contains("unmeasured") : row.data.class === "unmeasured";
    const keyed = this.rows.map((row) => {
      const text = this.value(row, place);
      const number = text === "" ? NaN : Number(text);
      return { row, text, number, last: last(row) };
    });
    keyed.sort((a, b) => {
      if (a.last || b.last) return Number(a.last) - Number(b.last);
      if (a.text === "" || b.text === "") return Number(a.text === "") - Number(b.text === "");
      const mixed = Number.isNaN(a.number) || Number.isNaN(b.number);
      return sign * (mixed ? a.text.localeCompare(b.text) : a.number - b.number);
    });
    this.order = keyed.map(({ row }) => row);
    this.draw();
  }

  tools() {
    this.status = make("span", { role: "status" });
    this.more = make("button", { type: "button", hidden: "" });
    const copy = make("button", { type: "button", "aria-label": `Copy as CSV: ${this.caption}` });
    copy.textContent = "Copy as CSV";
    const bar = make("div", { class: "tools" });
    if (this.rows.length >= SEARCH_FROM) {
      const label = `Search in: ${this.caption}`;
      const input = make("input", { type: "search", placeholder: "Search", "aria-label": label });
      input.addEventListener("input", () => {
        this.words = input.value.trim().normalize("NFKC").toLowerCase();
        this.draw();
      });
      bar.append(input);
    }
    bar.append(this.status, this.more, copy);
    this.more.addEventListener("click", () => {
      this.limit = Infinity;
      this.draw();
      this.region.focus({ preventScroll: true });
    });
    copy.addEventListener("click", () => this.copy(bar));
    this.region.before(bar);
    const next = this.region.nextElementSibling;
    this.note = next && next.classList.contains("rest") ? next : null;
    this.say();
  }

  csv() {
    const rows = this.found().map((row) => this.cells(row));
    const notes = this.columns.map(
      (column, place) =>
        column.head.classList.contains("number") &&
        rows.some((cells) => cells[place] && noteOf(cells[place])),
    );
    const line = (cells, text, note) =>
      this.columns
        .flatMap((column, place) => {
          const cell = cells[place];
          const written = csvCell(cell ? text(cell, notes[place]) : "");
          return notes[place] ? [written, csvCell(cell ? note(cell) : "")] : [written];
        })
        .join(",");
    const heads = this.columns.map(({ name }) => name);
    const body = (cell, apart) => {
      const note = apart ? "" : noteOf(cell);
      return plainNumber(textOf(cell)) + (note ? ` (${note})` : "");
    };
    return [
      line(heads, (name) => name, (name) => `${name}: note`),
      ...rows.map((cells) => line(cells, body, noteOf)),
    ].join("\r\n");
  }

  async copy(bar) {
    const text = this.csv();
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = false;
    }
    bar.querySelector("textarea")?.remove();
    if (done) {
      const rows = this.found().length;
      this.status.textContent = `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"} copied`;
      return;
    }
    const area = make("textarea", { readonly: "", rows: 6, "aria-label": `CSV: ${this.caption}` });
    area.value = text;
    bar.append(area);
    area.select();
    this.status.textContent = "Copy what is selected";
  }
}

const tables = [...document.querySelectorAll("main table")]
  .filter((table) => table.tHead)
  .map((table) => new Table(table));

const applyFilters = () => {
  for (const table of tables)
    if (table.columns.some(({ key }) => key)) table.draw();
  for (const key of Object.keys(filters)) {
    for (const part of document.querySelectorAll(`details[data-${key}]`)) {
      const chosen = part.dataset[key] === filters[key];
      part.hidden = Boolean(filters[key]) && !chosen;
      if (filters[key] && chosen) part.open = true;
    }
    for (const row of document.querySelectorAll(`g[data-${key}]`))
      row.classList.toggle("dim", Boolean(filters[key]) && row.dataset[key] !== filters[key]);
  }
};

const names = (key) => {
  const found = new Set();
  for (const table of tables)
    table.columns.forEach((column, place) => {
      if (column.key === key) for (const row of table.rows) found.add(table.key(row, place));
    });
  found.delete("");
  return [...found].sort((a, b) => a.localeCompare(b));
};
const side = document.querySelector(".side");
if (side) {
  const form = make("div", { class: "filters", role: "search", "aria-label": "Filter" });
  const said = make("p", { role: "status" });
  for (const key of Object.keys(filters)) {
    const known = names(key);
    if (known.length < 2) continue;
    const title = key === "language" ? "Language" : "Source";
    const select = make("select", { id: `filter-${key}` }, make("option", { value: "" }, "all"));
    select.append(...known.map((name) => make("option", { value: name }, name)));
    select.addEventListener("change", () => {
      filters[key] = select.value;
      applyFilters();
      const some = Object.values(filters).some(Boolean);
      said.textContent = some ? "Tables are filtered. Findings and totals are of all documents." : "";
    });
    form.append(make("div", {}, make("label", { for: `filter-${key}` }, title), " ", select));
  }
  form.append(said);
  if (form.children.length > 1) side.append(form);
}

// A link to something in a closed part opens it.
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let part = target.closest("details"); part; part = part.parentElement.closest("details"))
    part.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();
