/* The samples of a run on its page: a strip with one mark per sample, filters by outcome, fifty samples at a time, the
   keys j and k, and state in the address. Without this file the page has its numbers, and a small board plain pages. */
(function () {
  "use strict";
  var MARKS = 3000, SIZE = 50, M = window.mmeval, el = M.el, strip = document.getElementById("strip"), view = document.getElementById("view");
  if (!strip) return;
  var set = strip.dataset, words = JSON.parse(set.words), outcomes = set.outcomes, total = outcomes.length, filter = "", shown = 0, drawing = 0;
  var numbers = set.numbers ? JSON.parse(set.numbers) : null;
  var codes = "rpwutxf".split("").filter(function (code) { return outcomes.indexOf(code) >= 0; });

  function hash() {
    var found = /^#(?:s(\d+))?(?:&?f=([a-z]*))?$/.exec(location.hash) || [], number = +found[1] || 0;
    return { number: number <= total ? number : 0, filter: /^[rpwutxf]+$/.test(found[2] || "") ? found[2] : "" };
  }
  function address(number, code) { return "#" + (number ? "s" + number : "") + (code ? (number ? "&" : "") + "f=" + code : ""); }
  function fits(i) { return !filter || filter.indexOf(outcomes[i]) >= 0; }
  function next(i, step) { for (i += step; i >= 0 && i < total; i += step) if (fits(i)) return i; return -1; }

  /* Filters */
  var bar = el("div", null, { "class": "filters", role: "group", "aria-label": words.verdict }), buttons = [];
  function button(code, text, n) {
    var made = el("button", null, { type: "button", "data-f": code });
    if (code) made.append(el("span", null, { "class": "o " + code }), " ");
    made.append(text + " " + M.grouped(n));
    made.addEventListener("click", function () {
      filter = code;
      var first = hash().number - 1;
      if (first < 0 || !fits(first)) first = next(-1, 1);
      history.replaceState(null, "", location.pathname + location.search + (code || first > 0 ? address(first + 1, code) : ""));
      show(false);
    });
    buttons.push(made); bar.append(made);
  }
  button("", words.all, total);
  codes.forEach(function (code) { button(code, words["outcome." + code], outcomes.split(code).length - 1); });

  /* One mark per sample. Marks are links, so that the keyboard, middle click and screen readers work. */
  var marks = el("div", null, { "class": "marks" }), links = [], from = Math.max(0, Math.min(total, (hash().number || 1) - 1 + MARKS / 2) - MARKS), to = Math.min(total, from + MARKS);
  for (var i = from; i < to; i++) {
    var name = words["outcome." + outcomes[i]] || "";
    var a = el("a", null, { "class": "o " + outcomes[i], tabindex: "-1", "aria-label": words.sample + " " + (i + 1) + ": " + name, title: (i + 1) + " " + name });
    links.push(a); marks.append(a);
  }
  strip.append(bar, marks, el("p", words.keys, { "class": "key" }));
  strip.hidden = view.hidden = false;

  function show(jump) {
    var number = hash().number, last = number || next(-1, 1) + 1 || 1, k = Math.floor((last - 1) / SIZE) + 1;
    buttons.forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.f === filter)); });
    links.forEach(function (a, n) { var i = from + n; a.setAttribute("href", address(i + 1, filter)); a.classList.toggle("dim", !fits(i)); a.classList.toggle("here", i + 1 === number); });
    if (filter && next(-1, 1) < 0) { shown = 0; drawing++; view.replaceChildren(el("p", words["empty.filter"], { "class": "note", role: "status" })); return; }
    var mine = ++drawing, again = shown === k ? Promise.resolve() : load(k).then(function (drawn) { if (mine === drawing) { view.replaceChildren.apply(view, drawn); shown = k; } });
    again.then(function () {
      if (mine !== drawing) return;
      view.querySelectorAll("article.sample").forEach(function (one) { one.hidden = !fits(+one.id.slice(1) - 1) && +one.id.slice(1) !== number; });
      var old = view.querySelector(".pager");   /* its links follow the filter */
      if (old) old.remove();
      view.append(pager((k - 1) * SIZE + 1, Math.min(total, k * SIZE)));
      if (number && jump) reveal(number);
    });
  }
  function load(k) {
    var first = (k - 1) * SIZE + 1, last = Math.min(total, k * SIZE), wanted = {};
    for (var n = first; n <= last; n++) { var q = numbers ? numbers[n - 1] : n; if (q) wanted[Math.floor((q - 1) / SIZE) + 1] = 1; }
    var files = Object.keys(wanted).map(function (one) { return M.get(set.root, set.prompts + "/" + one).then(function (value) { wanted[one] = value; }); });
    return Promise.all([M.get(set.root, set.answers + "/" + k)].concat(files)).then(function (found) {
      var drawn = [el("p", M.say(words, "samples.range", { first: first, last: last, total: total }), { "class": "lead" })];
      for (var n = first; n <= last; n++) {
        var q = numbers ? numbers[n - 1] : n;
        drawn.push(article(n, q ? wanted[Math.floor((q - 1) / SIZE) + 1][(q - 1) % SIZE] : null, found[0][n - first]));
      }
      return drawn;
    });
  }
  function article(n, q, rows) {
    var made = el("article", null, { "class": "sample", id: "s" + n, "data-o": outcomes[n - 1] }), text = el("div");
    if (q) {
      var parts = M.asked(q, words, set.root, set.home), head = M.heading(q.id, q.tags, set.questions + "#" + q.anchor);
      made.append(head, parts.media);
      text.append.apply(text, parts.text);
    } else made.append(M.heading(words.sample + " " + n, {}, "#s" + n), el("div"));
    rows.forEach(function (row) {
      text.append.apply(text, M.said(row, words, rows.length > 1, set.root));
      if (q) M.placed(parts.media, row[2], row[0]);
    });
    made.append(text);
    return made;
  }
  function pager(first, last) {
    var nav = el("nav", null, { "class": "pager", "aria-label": words.sample });
    function step(at, text, rel) { var i = next(at, rel === "next" ? 1 : -1); nav.append(i < 0 ? el("span") : el("a", text, { "class": "button", rel: rel, href: address(i + 1, filter) })); }
    step(first - 1, "←", "prev"); step(last - 1, "→", "next");
    return nav;
  }
  function reveal(number) {
    var one = document.getElementById("s" + number);
    view.querySelectorAll("article.current").forEach(function (a) { a.classList.remove("current"); });
    if (!one) return;
    one.classList.add("current");
    one.scrollIntoView({ block: "start" });
    one.querySelector("h2 a").focus({ preventScroll: true });
  }
  document.addEventListener("keydown", function (event) {
    var step = { j: 1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    var i = next(hash().number - 1, step);
    if (hash().number || step > 0) if (i >= 0) { history.replaceState(null, "", address(i + 1, filter)); show(true); }
  });
  /* Only one mark is in the tab order; arrow keys move within the strip. */
  var stop = links[hash().number - 1 - from] || links[0];
  if (stop) stop.tabIndex = 0;
  marks.addEventListener("keydown", function (event) {
    var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], to = step && links[links.indexOf(event.target) + step];
    if (to) { event.target.tabIndex = -1; to.tabIndex = 0; to.focus(); event.preventDefault(); }
  });
  function read() { filter = hash().filter; show(true); }
  window.addEventListener("hashchange", read);
  read();
})();
