/* Two to five models side by side, computed from the outcome strings of their runs. The address holds the choice. */
(function () {
  "use strict";
  var form = document.getElementById("pick");
  if (!form) return;
  var M = window.mmeval, el = M.el, words = JSON.parse(form.dataset.words), root = form.dataset.root, pages = form.dataset.pages;
  var out = document.getElementById("out"), said = document.getElementById("said"), state = {}, ticket = 0, titles = new Map();
  var best = form.dataset.best.split(" ").filter(Boolean), SEATS = ["m1", "m2", "m3", "m4", "m5"], MOST = 24, AT = {};
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy".split("").forEach(function (c, i) { AT[c] = i / 60; });
  [].forEach.call(form.elements.m1.options, function (o) { if (o.value) titles.set(o.value, o.text); });
  SEATS.slice(1).forEach(function (seat) {
    form.elements[seat].append.apply(form.elements[seat], [].map.call(form.elements.m1.options, function (o) { return o.cloneNode(true); }));
  });

  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (all, key) { return key in values ? values[key] : all; }); }
  function fixed(x) { var tenths = Math.round(10 * x) / 10; return (tenths < 0 ? "−" : "") + Math.abs(tenths).toFixed(1); }
  function signed(x) { return (Math.round(10 * x) > 0 ? "+" : "") + fixed(x); }
  function pText(p) { return isNaN(p) ? "–" : p < 0.001 ? "<\u00a00.001" : p.toFixed(3); }
  function range(d, unit) {
    var ends = [d.low * unit, d.high * unit].sort(function (a, b) { return a - b; });
    return isNaN(d.low) ? "–" : signed(ends[0]) + " … " + signed(ends[1]);
  }

  /* Mean difference b - a in points, over the samples that both models answered. */
  function paired(a, b, clusters, keep) {
    var values = [], own = [];
    for (var i = 0; i < a.length; i++) {
      if ((keep && !keep(i)) || a[i] === "." || b[i] === ".") continue;
      values.push(AT[b[i]] - AT[a[i]]); own.push(clusters[i]);
    }
    if (!values.length) return { n: 0, value: 0, low: NaN, high: NaN, se: NaN, p: NaN, gains: 0, losses: 0 };
    var found = M.difference(values, own);
    ["value", "low", "high", "se"].forEach(function (k) { found[k] *= 100; });
    return found;
  }
  function svg(d, span) {
    var ns = "http://www.w3.org/2000/svg", s = document.createElementNS(ns, "svg");
    function x(v) { return 60 + 55 * Math.max(-1, Math.min(1, v / span)); }
    function set(e, attributes) { Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); }); return e; }
    function add(tag, attributes) { s.append(set(document.createElementNS(ns, tag), attributes)); }
    set(s, { width: 120, height: 16, viewBox: "0 0 120 16", "class": "row", "aria-hidden": "true" });
    add("line", { "class": "axis", x1: 5, x2: 115, y1: 8, y2: 8 });
    add("line", { "class": "zero", x1: 60, x2: 60, y1: 1, y2: 15 });
    if (!isNaN(d.low)) add("line", { "class": "whisker", x1: x(d.low), x2: x(d.high), y1: 8, y2: 8 });
    add("circle", { "class": "dot", cx: x(d.value), cy: 8, r: 3.5 });
    return s;
  }
  function span(list) { return list.reduce(function (s, d) { return d ? Math.max(s, Math.abs(d.low) || 0, Math.abs(d.high) || 0, Math.abs(d.value)) : s; }, 1) * 1.05; }
  function table(heads, label) {
    var box = el("div", null, { "class": "scroll", tabindex: "0", role: "group", "aria-label": label }), t = el("table"), line = el("tr");
    heads.forEach(function (h) { line.append(el("th", h[0], h[1] ? { scope: "col", "class": "n" } : { scope: "col" })); });
    t.append(el("thead"), el("tbody")); t.tHead.append(line); box.append(t);
    return { box: box, body: t.tBodies[0] };
  }
  function start(body, content) {
    var row = el("tr"), head = el("th", null, { scope: "row" });
    head.append(content); row.append(head); body.append(row);
    return row;
  }
  function number(row, text) { var td = el("td", text, { "class": "n" }); row.append(td); return td; }

  /* A cell of the table: the score, and below it the difference from the first model. */
  function against(row, score, d, unit, wide) {
    var td = number(row, score);
    if (!d) return;
    var line = el("div", null, { "class": "gap" + (d.p < 0.05 ? " sure" : "") });
    line.append(svg(d, wide), el("span", signed(d.value * unit)), el("span", " [" + range(d, unit) + "]", { "class": "sr" }));
    td.append(line);
  }
  function shared(a, b, name) {
    var x = a.cells[name], y = b.cells[name];
    return x && y && x.set === y.set && x.levels.length === y.levels.length;
  }
  function side(models, names, files) {
    var first = models[0], rest = models.slice(1);
    var found = names.map(function (name, i) {
      return rest.map(function (other) { return shared(first, other, name) ? paired(first.cells[name].levels, other.cells[name].levels, files[i].clusters) : null; });
    });
    var wide = span([].concat.apply([], found));
    var t = table([[words.benchmark, 0]].concat(models.map(function (m) { return [m.title, 1]; })), words.side);
    names.forEach(function (name, i) {
      var button = el("button", files[i].title, { type: "button", "class": "link" }), row = start(t.body, button);
      button.addEventListener("click", function () { state.b = name; draw(); });
      if (state.b === name) { row.className = "chosen"; button.setAttribute("aria-current", "true"); }
      models.forEach(function (m, k) { against(row, m.cells[name] ? fixed(m.cells[name].value) : "–", k && found[i][k - 1], files[i].unit, wide); });
    });
    var lines = rest.map(function (other, k) {
      var all = found.map(function (line) { return line[k]; }).filter(function (d) { return d && d.n; });
      if (!all.length) return el("li", fill(words.apart, { a: first.title, b: other.title }));
      var d = M.overall(all), text = d.p >= 0.05 || isNaN(d.p) ? words.level : d.value > 0 ? words.ahead : words.behind;
      var ends = d.value < 0 && text === words.behind ? [-d.value, -d.high, -d.low] : [d.value, d.low, d.high];
      return el("li", fill(text, { a: first.title, b: other.title, d: fixed(ends[0]), low: fixed(ends[1]), high: fixed(ends[2]), p: (d.p < 0.001 ? "" : "=\u00a0") + pText(d.p), n: d.n }));
    });
    var list = el("ul", null, { "class": "verdicts" });
    list.append.apply(list, lines);
    return [list, t.box, el("p", fill(words.legend, { name: first.title }), { "class": "key" })];
  }
  function detail(models, name, file) {
    var first = models[0], t = table([[words.model, 0], [words.difference, 1], [words.interval, 1], ["p", 1], [fill(words.better, { name: first.title }), 1], [words.others, 1], ["n", 1]], file.title);
    models.slice(1).forEach(function (other) {
      var d = paired(first.cells[name].levels, other.cells[name].levels, file.clusters), row = start(t.body, other.title);
      number(row, signed(d.value * file.unit)); number(row, range(d, file.unit));
      number(row, pText(d.p)).classList.toggle("sure", d.p < 0.05);
      [d.losses, d.gains, d.n].forEach(function (count) { number(row, String(count)); });
    });
    t.box.id = "detail";
    return [t.box];
  }
  function byTag(models, name, file) {
    var levels = models.map(function (m) { return m.cells[name].levels; }), parts = [];
    Object.keys(file.tags).forEach(function (tag) {
      var codes = file.tags[tag].codes, values = file.tags[tag].names;
      var found = values.map(function (_, k) { return levels.slice(1).map(function (b) { return paired(levels[0], b, file.clusters, function (i) { return codes[i] === k; }); }); });
      var wide = span([].concat.apply([], found)), t = table([[tag, 0], ["n", 1]].concat(models.map(function (m) { return [m.title, 1]; })), tag);
      values.forEach(function (value, k) {
        var row = start(t.body, el("bdi", value || "–"));
        number(row, String(codes.filter(function (c) { return c === k; }).length));
        levels.forEach(function (own, m) { against(row, mean(own, codes, k, file.unit), m && found[k][m - 1], file.unit, wide); });
      });
      parts.push(t.box);
    });
    return parts.length ? [el("h3", words.bytag)].concat(parts) : [];
  }
  function mean(levels, codes, k, unit) {
    var sum = 0, n = 0;
    codes.forEach(function (c, i) { if (c === k && levels[i] !== ".") { sum += AT[levels[i]]; n++; } });
    return n ? fixed(100 * unit * (sum / n - (unit < 0 ? 1 : 0))) : "–";
  }

  /* The questions on which one model beats another, with links to both answers. */
  function flips(better, worse, name, file) {
    var x = better.cells[name].levels, y = worse.cells[name].levels, box = el("div"), list = el("ol", null, { "class": "flips" }), n = 0;
    for (var i = 0; i < x.length; i++) {
      if (x[i] === "." || y[i] === "." || AT[x[i]] <= AT[y[i]]) continue;
      if (n++ < MOST) list.append(flip(i, [better, worse], name, file));
    }
    box.append(el("h3", fill(words.flip, { a: better.title, b: worse.title }) + " (" + n + ")"), list);
    if (n > MOST) box.append(el("p", fill(words.first, { n: MOST })));
    return box;
  }
  /* Fragment, text, and picture of a question, from the list of its benchmark; its id where the two do not fit. */
  function asked(file, i) {
    var id = file.ids[i], one = file.questions[i], safe = "q-" + id.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 40);
    return one && (one[0] === "q-" + id || one[0].indexOf(safe) === 0) ? one : ["", id, "", 0, 0];
  }
  function flip(i, pair, name, file) {
    var item = el("li", null, { "data-i": i }), shown = el("a", null, { "class": "asked", href: pages + "q/" + file.file + ".html#" + asked(file, i)[0] });
    if (asked(file, i)[2]) shown.append(el("img", null, { src: root + "t/" + asked(file, i)[2] + ".webp", alt: "", loading: "lazy", width: asked(file, i)[3], height: asked(file, i)[4] }));
    shown.append(el("bdi", asked(file, i)[1]));
    item.append(shown);
    pair.forEach(function (m) {
      var cell = m.cells[name], link = el("a", null, { href: pages + cell.run + "/index.html#s" + (i + 1) });
      link.append(el("span", null, { "class": "o " + cell.outcomes[i] }), " " + m.title + " " + AT[cell.levels[i]].toFixed(2).replace(/\.?0+$/, ""));
      item.append(link);
    });
    return item;
  }
  function notes(files) {
    var others = files.filter(function (f) { return !f.mean; }).map(function (f) { return f.title; });
    return others.length ? [el("p", fill(words.means, { names: others.join(", ") }), { "class": "note" })] : [];
  }

  /* The chosen models, and what is wrong with the choice. */
  function chosen() {
    var asked = Object.keys(state).filter(function (k) { return /^m\d+$/.test(k) && state[k]; }).sort(function (a, b) { return a.slice(1) - b.slice(1); });
    var names = [], wrong = [];
    function title(seat) { return titles.get(state[seat]) || state[seat]; }
    asked.forEach(function (seat) {
      if (!titles.has(state[seat])) wrong.push(fill(words.unknown, { name: title(seat) }));
      else if (names.indexOf(state[seat]) >= 0) wrong.push(fill(words.twice, { name: title(seat) }));
      else if (names.length === SEATS.length) wrong.push(fill(words.many, { name: title(seat) }));
      else names.push(state[seat]);
    });
    if (names.length === 1) wrong.push(words.one);
    return { names: names, wrong: wrong };
  }
  function draw() {
    var found = chosen(), mine = ++ticket;
    said.replaceChildren.apply(said, found.wrong.map(function (text) { return el("p", text, { "class": "note" }); }));
    M.save(state);
    if (found.names.length < 2) { out.replaceChildren(); return; }
    Promise.all(found.names.map(function (n) { return M.get(root, "m/" + n); })).then(function (models) {
      var names = Object.keys(models[0].cells).filter(function (name) { return models.slice(1).some(function (m) { return shared(models[0], m, name); }); }).sort();
      return Promise.all(names.map(function (name) { return M.get(root, "s/" + models[0].cells[name].file); })).then(function (files) {
        if (mine === ticket) show(models, names, files);
      });
    }).catch(function () { if (mine === ticket) out.replaceChildren(el("p", words.broken, { "class": "note" })); });
  }
  function show(models, names, files) {
    if (!names.length) { out.replaceChildren(el("p", words.nothing, { "class": "note" })); return; }
    if (names.indexOf(state.b) < 0) state.b = names[0];
    var mine = ticket, at = names.indexOf(state.b);
    files[at].file = models[0].cells[state.b].file;
    M.get(root, "q/" + files[at].file).then(function (found) { return found.questions; }, function () { return []; }).then(function (questions) {
      files[at].questions = questions;
      if (mine === ticket) put(models, names, files);
    });
  }
  /* One part after the other: all at once would keep a phone busy for a third of a second. A new choice takes the place
     of the old one when it is complete, so that the page does not jump. */
  function put(models, names, files) {
    var file = files[names.indexOf(state.b)], two = el("div", null, { "class": "two" }), mine = ticket, empty = !out.firstChild, made = [];
    var both = models.filter(function (m, k) { return !k || shared(models[0], m, state.b); });
    var parts = [
      function () { return side(models, names, files).concat(notes(files)); },
      function () { return [el("h2", fill(words.detail, { benchmark: file.title, name: models[0].title }))].concat(detail(both, state.b, file)); },
      function () { return byTag(both, state.b, file); },
      function () {
        both.slice(1).forEach(function (other) { two.append(flips(models[0], other, state.b, file), flips(other, models[0], state.b, file)); });
        return [el("h3", words.flips), two];
      }
    ];
    M.save(state);
    (function next() {
      if (mine !== ticket) return;
      if (!parts.length) { if (!empty) out.replaceChildren.apply(out, made); return; }
      var part = parts.shift()();
      made = made.concat(part);
      if (empty) out.append.apply(out, part);
      setTimeout(next);
    })();
  }
  function read() {
    state = M.state();
    if (!Object.keys(state).some(function (k) { return /^m\d+$/.test(k); })) best.forEach(function (name, i) { state[SEATS[i]] = name; });
    SEATS.forEach(function (seat) { form.elements[seat].value = titles.has(state[seat]) ? state[seat] : ""; });
    draw();
  }
  form.addEventListener("change", function (event) { state[event.target.name] = event.target.value; draw(); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  window.addEventListener("hashchange", read);
  read();
})();
