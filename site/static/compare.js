/* Compares two to four models on the same samples. The data are strings with one character per sample. */
(function () {
  "use strict";
  var form = document.getElementById("pick");
  if (!form) return;
  var M = window.mmeval, el = M.el, words = JSON.parse(form.dataset.words), root = form.dataset.root, pages = form.dataset.pages;
  var out = document.getElementById("out"), state = {}, LEVELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy", AT = {}, ticket = 0;
  LEVELS.split("").forEach(function (c, i) { AT[c] = i / 60; });
  var MOST = 100;
  [2, 3, 4].forEach(function (n) { form.elements["m" + n].append.apply(form.elements["m" + n], [].map.call(form.elements.m1.options, function (o) { return o.cloneNode(true); })); });

  var known = Object.create(null);
  [].forEach.call(form.elements.m1.options, function (o) { known[o.value] = o.value !== ""; });

  function fixed(x, d) { return (x < 0 ? "−" : "") + Math.abs(x).toFixed(d == null ? 1 : d); }
  function signed(x) { return (x > 0 ? "+" : "") + fixed(x); }
  function pText(p) { return p < 0.001 ? "<\u00a00.001" : p.toFixed(3); }
  function means(files) {
    var others = files.filter(function (f) { return !f.mean; }).map(function (f) { return f.title; });
    return others.length ? [el("p", words.means.replace("{names}", others.join(", ")), { "class": "note" })] : [];
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
  /* Mean of independent differences. Its limits are as far away as those of the parts together (Zou and Donner 2008). */
  function overall(found) {
    function together(of) { return Math.sqrt(found.reduce(function (s, d) { return s + of(d); }, 0)) / found.length; }
    var mean = found.reduce(function (s, d) { return s + d.value; }, 0) / found.length;
    var se = together(function (d) { return d.se * d.se; });
    var few = found.reduce(function (s, d) { return s + Math.pow(d.se / found.length, 4) / d.freedom; }, 0);
    return {
      value: mean, p: se > 0 ? M.pt(mean / se, Math.pow(se, 4) / few) : 1,
      low: mean - together(function (d) { return Math.pow(d.value - d.low, 2); }),
      high: mean + together(function (d) { return Math.pow(d.high - d.value, 2); })
    };
  }

  function svg(d, span) {
    var ns = "http://www.w3.org/2000/svg", s = document.createElementNS(ns, "svg");
    function x(v) { return 90 + 85 * Math.max(-1, Math.min(1, v / span)); }
    function add(tag, attributes) { var e = document.createElementNS(ns, tag); Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); }); s.append(e); }
    s.setAttribute("width", 180); s.setAttribute("height", 20); s.setAttribute("viewBox", "0 0 180 20"); s.setAttribute("class", "row"); s.setAttribute("aria-hidden", "true");
    add("line", { "class": "axis", x1: 5, x2: 175, y1: 10, y2: 10 });
    add("line", { "class": "zero", x1: 90, x2: 90, y1: 1, y2: 19 });
    if (!isNaN(d.low)) add("line", { "class": "whisker", x1: x(d.low), x2: x(d.high), y1: 10, y2: 10 });
    add("circle", { "class": "dot", cx: x(d.value), cy: 10, r: 4 });
    return s;
  }
  function cell(row, content, number) {
    var td = el("td", typeof content === "string" ? content : null, number ? { "class": "n" } : {});
    if (typeof content !== "string" && content) td.append(content);
    row.append(td);
    return td;
  }
  function table(heads, label) {
    var box = el("div", null, { "class": "scroll", tabindex: "0", role: "region", "aria-label": label }), t = el("table"), head = el("thead"), line = el("tr");
    heads.forEach(function (h) { line.append(el("th", h[0], h[1] ? { scope: "col", "class": "n" } : { scope: "col" })); });
    head.append(line); t.append(head, el("tbody")); box.append(t);
    return { box: box, body: t.tBodies[0] };
  }
  function numbers(row, d, span, unit) {
    cell(row, signed(d.value * unit), true);
    cell(row, isNaN(d.low) ? "–" : signed(d.low * unit) + " … " + signed(d.high * unit), true);
    cell(row, svg(d, span));
    cell(row, isNaN(d.p) ? "–" : pText(d.p), true).classList.toggle("sure", d.p < 0.05);
    cell(row, String(d.losses), true);
    cell(row, String(d.gains), true);
    cell(row, String(d.n), true);
  }
  function heads(a, b) { return [[words.difference, 1], [words.interval, 1], ["", 0], ["p", 1], [words.better.replace("{name}", a.title), 1], [words.better.replace("{name}", b.title), 1], ["n", 1]]; }
  function span(list) { return list.reduce(function (s, d) { return Math.max(s, Math.abs(d.low) || 0, Math.abs(d.high) || 0, Math.abs(d.value)); }, 1) * 1.05; }

  function overview(a, b, common, files) {
    var found = common.map(function (name, i) { return paired(a.cells[name].levels, b.cells[name].levels, files[i].clusters); });
    var wide = span(found), t = table([[words.benchmark, 0], [a.title, 1], [b.title, 1]].concat(heads(a, b)), b.title + " − " + a.title);
    common.forEach(function (name, i) {
      var row = el("tr"), head = el("th", null, { scope: "row" }), button = el("button", files[i].title, { type: "button", "class": "link" });
      button.addEventListener("click", function () { state.b = name; draw(); });
      if (state.b === name) row.className = "chosen";
      head.append(button); row.append(head);
      cell(row, fixed(a.cells[name].value), true); cell(row, fixed(b.cells[name].value), true);
      numbers(row, found[i], wide, files[i].unit);
      t.body.append(row);
    });
    var all = overall(found.filter(function (d) { return d.n; }));
    var line = el("p", words.overall.replace("{d}", signed(all.value)).replace("{low}", signed(all.low)).replace("{high}", signed(all.high)).replace("{p}", pText(all.p)).replace("{n}", found.length), { "class": "lead" });
    return [el("h2", b.title + " − " + a.title), line, t.box];
  }
  function byTag(a, b, name, file) {
    var parts = [];
    Object.keys(file.tags).forEach(function (tag) {
      var codes = file.tags[tag].codes, values = file.tags[tag].names;
      var found = values.map(function (_, k) { return paired(a.cells[name].levels, b.cells[name].levels, file.clusters, function (i) { return codes[i] === k; }); });
      var wide = span(found), t = table([[tag, 0]].concat(heads(a, b)), tag);
      values.forEach(function (value, k) {
        var row = el("tr"), head = el("th", null, { scope: "row" });
        head.append(el("bdi", value || "–")); row.append(head); numbers(row, found[k], wide, file.unit); t.body.append(row);
      });
      parts.push(t.box);
    });
    return parts.length ? [el("h3", words.bytag)].concat(parts) : [];
  }
  function flips(a, b, name, file) {
    var x = a.cells[name].levels, y = b.cells[name].levels;
    return [[a, b, x, y], [b, a, y, x]].map(function (pair) {
      var box = el("div"), list = el("ol", null, { "class": "flips" }), n = 0;
      for (var i = 0; i < x.length; i++) {
        if (pair[2][i] === "." || pair[3][i] === "." || AT[pair[2][i]] <= AT[pair[3][i]]) continue;
        if (n++ >= MOST) continue;
        var item = el("li");
        item.append(el("bdi", file.ids[i]), " ");
        [pair[0], pair[1]].forEach(function (m) {
          item.append(el("a", m.title + " " + AT[m.cells[name].levels[i]].toFixed(2).replace(/\.?0+$/, ""), { href: pages + m.cells[name].run + "/" + (Math.floor(i / 50) + 1) + ".html#s" + (i + 1) }), " ");
        });
        list.append(item);
      }
      box.append(el("h3", words.flip.replace("{a}", pair[0].title).replace("{b}", pair[1].title) + " (" + n + ")"), list);
      if (n > MOST) box.append(el("p", words.first.replace("{n}", MOST)));
      return box;
    });
  }

  function draw() {
    var names = [1, 2, 3, 4].map(function (n) { return state["m" + n]; }).filter(function (v, i, all) { return known[v] && all.indexOf(v) === i; });
    var mine = ++ticket;
    M.save(state);
    if (names.length < 2) { out.replaceChildren(); return; }
    Promise.all(names.map(function (n) { return M.get(root, "m/" + n); })).then(function (models) {
      var common = Object.keys(models[0].cells).filter(function (name) {
        return models.every(function (m) { return m.cells[name] && m.cells[name].set === models[0].cells[name].set && m.cells[name].levels.length === models[0].cells[name].levels.length; });
      }).sort();
      return Promise.all(common.map(function (name) { return M.get(root, "s/" + models[0].cells[name].file); })).then(function (files) {
        if (mine !== ticket) return;
        if (!common.length) { out.replaceChildren(el("p", words.nothing, { "class": "note" })); return; }
        if (common.indexOf(state.b) < 0) state.b = common[0];
        var parts = means(files), chosen = common.indexOf(state.b);
        models.slice(1).forEach(function (other) { parts = parts.concat(overview(models[0], other, common, files)); });
        models.slice(1).forEach(function (other) {
          parts.push(el("h2", files[chosen].title + ": " + other.title + " − " + models[0].title));
          parts = parts.concat(byTag(models[0], other, state.b, files[chosen]));
          var two = el("div", null, { "class": "two" });
          two.append.apply(two, flips(models[0], other, state.b, files[chosen]));
          parts.push(two);
        });
        out.replaceChildren.apply(out, parts);
        M.save(state);
      });
    }).catch(function () { if (mine === ticket) out.replaceChildren(el("p", words.nothing, { "class": "note" })); });
  }
  function read() {
    state = M.state();
    [1, 2, 3, 4].forEach(function (n) { form.elements["m" + n].value = state["m" + n] || ""; });
    draw();
  }
  form.addEventListener("change", function (event) { state[event.target.name] = event.target.value; draw(); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  window.addEventListener("hashchange", read);
  form.hidden = false;
  read();
})();
