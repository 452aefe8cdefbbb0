/* Words that are found however they are written: without regard to accents, width, case and order. */
(function () {
  "use strict";
  var M = window.mmeval, MARKS = /\p{M}+/gu, BREAKS = /[^\p{L}\p{N}.]+|\.(?!\p{N})|(?<!\p{N})\./gu;
  /* A text as it is compared: compatible characters made equal (full width, ligatures), no marks, lower case, and one
     space for everything between words. A point between digits stays, so that 4.6 is one word. */
  M.normalize = function (text) {
    return String(text).normalize("NFKD").replace(MARKS, "").toLowerCase().replace(BREAKS, " ").trim();
  };
  /* Whether a text has every word of a query, each anywhere: also inside a word, or across the spaces of the text, so
     that `glm4.6` finds `GLM-4.6`. Scripts without spaces are found by their characters for the same reason. */
  M.matches = function (query, text) {
    var plain = M.normalize(text), joined = plain.replace(/ /g, "");
    return M.normalize(query).split(" ").every(function (word) { return plain.includes(word) || joined.includes(word); });
  };
})();

/* The search in the header: models and benchmarks at once, then questions, benchmark by benchmark. */
(function () {
  "use strict";
  var M = window.mmeval, box = document.getElementById("find");
  if (!box) return;
  var MOST = 6, set = box.dataset, input = box.querySelector("input"), list = document.getElementById("found"), turn = 0, chosen = -1;
  function options() { return list.querySelectorAll("[role=option]"); }
  function close() { list.hidden = true; chosen = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }
  function group(name, entries) {
    var made = M.el("div", null, { role: "group", "aria-label": name });
    made.append(M.el("div", name, { "class": "of", "aria-hidden": "true" }));
    entries.forEach(function (one) {
      var item = M.el("a", null, { role: "option", id: "found-" + options().length + "-" + made.children.length, href: set.pages + one[1], tabindex: "-1", "aria-selected": "false" });
      item.append(M.el("bdi", one[0]));
      if (one[2]) item.append(M.el("small", one[2]));
      made.append(item);
    });
    list.append(made);
  }
  function first(entries, query) {
    var found = [];
    for (var i = 0; i < entries.length && found.length < MOST; i++) if (M.matches(query, entries[i][0] + " " + entries[i][2])) found.push([entries[i][0], entries[i][1], ""]);
    return found;
  }
  function search() {
    var query = input.value, mine = ++turn;
    if (!M.normalize(query)) { close(); return; }
    M.get(set.root, "search").then(function (names) {
      if (mine !== turn) return;
      list.replaceChildren(); chosen = -1;
      var models = first(names.models, query), benchmarks = first(names.benchmarks, query);
      if (models.length) group(set.models, models);
      if (benchmarks.length) group(set.benchmarks, benchmarks);
      list.hidden = false; input.setAttribute("aria-expanded", "true");
      questions(query, names.benchmarks, mine, models.length + benchmarks.length);
    });
  }
  /* Lists of questions are read one after the other until enough are found. */
  function questions(query, benchmarks, mine, others) {
    var found = [], at = 0;
    function next() {
      if (mine !== turn) return;
      if (found.length >= MOST || at >= benchmarks.length) {
        if (found.length) group(set.questions, found.slice(0, MOST));
        if (!found.length && !others) list.replaceChildren(M.el("p", set.none, { role: "status" }));
        return;
      }
      var one = benchmarks[at++];
      M.get(set.root, "q/" + one[3]).then(function (index) {
        var all = index.questions;
        for (var i = 0; i < all.length && found.length < MOST; i++) if (M.matches(query, all[i][1])) found.push([all[i][1], "q/" + one[3] + ".html#" + all[i][0], one[0] + " · " + (i + 1)]);
        next();
      }, next);
    }
    if (M.normalize(query).length > 1) next();
    else if (!others) list.replaceChildren(M.el("p", set.none, { role: "status" }));
  }
  function choose(step) {
    var all = options();
    if (!all.length) return;
    if (chosen >= 0) all[chosen].setAttribute("aria-selected", "false");
    chosen = (chosen + step + all.length + (chosen < 0 && step < 0 ? 1 : 0)) % all.length;
    all[chosen].setAttribute("aria-selected", "true");
    all[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[chosen].id);
  }
  var wait;
  input.addEventListener("input", function () { clearTimeout(wait); wait = setTimeout(search, 80); });
  input.addEventListener("focus", function () { if (input.value) search(); });
  input.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { choose(event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); }
    else if (event.key === "Enter") { var all = options(), to = all[chosen] || all[0]; if (to) to.click(); }
    else if (event.key === "Escape") { input.value = ""; turn++; close(); }
  });
  list.addEventListener("click", function (event) { if (event.target.closest("a")) { close(); input.value = ""; } });
  document.addEventListener("pointerdown", function (event) { if (!box.contains(event.target)) close(); });
  box.addEventListener("focusout", function (event) { if (event.relatedTarget && !box.contains(event.relatedTarget)) close(); });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault(); input.focus();
  });
})();
