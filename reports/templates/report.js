"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, index) => {
    const cell = row.cells[index];
    return cell ? cell.dataset.value ?? cell.textContent.trim() : "";
  };
  table.querySelectorAll("thead th").forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "descending";
      table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "ascending" : "descending");
      const sign = down ? 1 : -1;
      const last = (row) => row.classList.contains("unmeasured");
      [...body.rows]
        .sort((a, b) => {
          if (last(a) || last(b)) return Number(last(a)) - Number(last(b));
          const x = value(a, index), y = value(b, index);
          if (x === "" || y === "") return x === y ? 0 : x === "" ? 1 : -1;
          const m = Number(x), n = Number(y);
          const order = Number.isNaN(m) || Number.isNaN(n) ? x.localeCompare(y) : m - n;
          return sign * order;
        })
        .forEach((row) => body.append(row));
    });
  });
}
