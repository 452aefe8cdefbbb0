/* Draws the plot again for the axes and the models that a reader chooses. The address holds the choice. */
(function () {
  "use strict";
  var form = document.getElementById("axes");
  if (!form) return;
  var M = window.mmeval, words = JSON.parse(form.dataset.words), figure = document.getElementById("plot"), shown = document.getElementById("shown");
  var WIDE, HIGH, LEFT = 44, RIGHT = 16, TOP = 28, BOTTOM = 42, NAMED = 14, LONGEST = 28, NS = "http://www.w3.org/2000/svg";
  var KEYS = ["x", "y", "log", "q", "org", "access", "size", "mod", "since"], LOGS = ["cost", "size", "latency"], rows = [], data = null;
  var table = document.querySelector("#numbers tbody");

  function make(tag, attributes, text) {
    var e = document.createElementNS(NS, tag);
    Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); });
    if (text != null) e.textContent = text;
    return e;
  }
  function value(model, key) {
    if (key in model) return model[key];
    var at = data.scores.indexOf(key);
    return at < 0 || model.scores[at] == null ? null : model.scores[at];
  }
  function half(model, key) { var at = data.scores.indexOf(key); return at < 0 ? 0 : model.halves[at] || 0; }

  /* Ends and marks of an axis. A logarithmic one spans a factor of four at least, a date two years, a score ten points:
     an axis from 1.53 to 1.54 would make a difference of nothing look large. */
  function axis(values, key, log) {
    var low = Math.min.apply(null, values), high = Math.max.apply(null, values), least = key === "date" ? 2 : 10, marks = [];
    if (log) { low = Math.log10(low); high = Math.log10(high); least = 0.6; }
    var pad = Math.max((high - low) * 0.06, (least - (high - low)) / 2, 0);
    low -= pad; high += pad;
    if (!log && key !== "date") low = Math.max(data.scores.indexOf(key) < 0 ? 0 : -100, low);
    if (log) {
      for (var e = Math.floor(low); e <= high; e++) [1, 2, 5].forEach(function (k) { marks.push([Math.log10(k) + e, k * Math.pow(10, e)]); });
    } else {
      var raw = (high - low) / 7, base = Math.pow(10, Math.floor(Math.log10(raw)));
      var step = [1, 2, 5, 10].map(function (k) { return k * base; }).find(function (s) { return s >= raw * 0.999; });
      if (key === "date") step = Math.max(1, Math.round(step));
      for (var at = Math.ceil(low / step); at * step <= high; at++) marks.push([at * step, at * step]);
    }
    marks = marks.filter(function (m) { return m[0] >= low && m[0] <= high; });
    return { low: low, high: high, marks: marks, at: function (v) { return ((log ? Math.log10(v) : v) - low) / (high - low); } };
  }
  function label(v, key) {
    if (key === "size") return v >= 0.1 ? label(v) + " B" : label(1000 * v) + " M";
    return key === "date" ? String(v) : M.grouped(Number(v.toPrecision(6)));
  }

  /* The models for which no other one is both better and further on the good side of the axis. */
  function front(points, less) {
    var best = [], sign = less ? 1 : -1;
    points.slice().sort(function (a, b) { return sign * (a.vx - b.vx) || b.vy - a.vy; }).forEach(function (p) {
      if (!best.length || p.vy > best[best.length - 1].vy) best.push(p);
    });
    return best;
  }
  /* A place for a name beside its point, where it covers no point and no other name. */
  function place(p, name, points, taken) {
    var wide = pen.measureText(name).width, spots = [[9, 4], [-9 - wide, 4], [-wide / 2, -9], [-wide / 2, 18], [8, -7], [8, 15], [-8 - wide, -7], [-8 - wide, 15]];
    for (var i = 0; i < spots.length; i++) {
      var box = { left: p.x + spots[i][0], top: p.y + spots[i][1] - 10, right: p.x + spots[i][0] + wide, bottom: p.y + spots[i][1] + 3 };
      if (box.left < LEFT || box.right > WIDE || box.top < TOP - 12 || box.bottom > HIGH - BOTTOM) continue;
      if (taken.some(function (o) { return box.left < o.right && o.left < box.right && box.top < o.bottom && o.top < box.bottom; })) continue;
      if (points.some(function (o) { return o.x > box.left - 5 && o.x < box.right + 5 && o.y > box.top - 5 && o.y < box.bottom + 5; })) continue;
      return box;
    }
    return null;
  }
  function names(svg, points) {
    var taken = [], n = 0;
    points.forEach(function (p) {
      var name = p.model.title.length <= LONGEST ? p.model.title : p.model.title.slice(0, LONGEST - 1) + "…";
      var box = n < NAMED && place(p, name, points, taken);
      if (!box) return;
      n++; taken.push(box);
      svg.append(make("text", { "class": "name", x: box.left.toFixed(1), y: (box.bottom - 3).toFixed(1) }, name));
    });
  }
  /* On a narrow screen the plot has fewer pixels across instead of smaller letters; its height stays that of the page's own drawing. */
  var pen = document.createElement("canvas").getContext("2d");
  function fit() {
    WIDE = Math.max(320, Math.min(720, figure.clientWidth));
    HIGH = Math.round(Math.max(608, WIDE) * 41 / 72);
    pen.font = "12px " + getComputedStyle(document.body).fontFamily;
  }
  function draw(points, state) {
    fit();
    var log = state.log !== "0" && LOGS.indexOf(state.x) >= 0 && points.every(function (p) { return p.vx > 0; });
    var x = axis(points.map(function (p) { return p.vx; }), state.x, log), ends = [];
    points.forEach(function (p) { ends.push(p.vy - p.half, p.vy + p.half); });
    var y = axis(ends, state.y, false), svg = make("svg", { "class": "scatter fit", viewBox: "0 0 " + WIDE + " " + HIGH, role: "group", "aria-label": titles.y + " / " + titles.x });
    function px(v) { return LEFT + (WIDE - RIGHT - LEFT) * x.at(v); }
    function py(v) { return HIGH - BOTTOM - (HIGH - BOTTOM - TOP) * y.at(v); }
    if (log && x.marks.length * 60 > WIDE) x.marks = x.marks.filter(function (m) { return Number.isInteger(m[0]); });
    x.marks.forEach(function (m) {
      svg.append(make("line", { "class": "grid", x1: px(m[1]), x2: px(m[1]), y1: TOP, y2: HIGH - BOTTOM }), make("text", { x: px(m[1]), y: HIGH - BOTTOM + 16, "text-anchor": "middle" }, label(m[1], state.x)));
    });
    y.marks.forEach(function (m) {
      svg.append(make("line", { "class": "grid", x1: LEFT, x2: WIDE - RIGHT, y1: py(m[1]), y2: py(m[1]) }), make("text", { x: LEFT - 6, y: py(m[1]) + 4, "text-anchor": "end" }, label(m[1])));
    });
    points.forEach(function (p) { p.x = px(p.vx); p.y = py(p.vy); });
    var cheap = LOGS.indexOf(state.x) >= 0, best = cheap ? front(points, true) : [];
    if (best.length > 1) svg.append(make("path", { "class": "front", d: best.map(function (p, i) { return (i ? "L" : "M") + p.x + " " + p.y; }).join("") }));
    points.forEach(function (p) {
      var a = make("a", { href: form.dataset.pages + p.model.url, "class": (best.indexOf(p) >= 0 ? "on " : "") + (p.model.open ? "open" : "closed"), tabindex: "-1" });
      a.append(make("title", {}, p.model.title + ": " + p.vy.toFixed(1) + (p.half ? " ±" + p.half.toFixed(1) : "")));
      a.append(make("line", { "class": "whisker", x1: p.x, x2: p.x, y1: py(p.vy - p.half), y2: py(p.vy + p.half) }), make("circle", { cx: p.x, cy: p.y, r: 4.5 }));
      svg.append(a);
    });
    names(svg, best.concat(points.filter(function (p) { return best.indexOf(p) < 0; }).sort(function (a, b) { return b.vy - a.vy; })));
    svg.append(make("text", { "class": "title", x: WIDE - RIGHT, y: HIGH - 6, "text-anchor": "end" }, titles.x), make("text", { "class": "title", x: 2, y: 13 }, titles.y));
    figure.replaceChildren(svg);
  }
  var titles = {};

  function keeps(model, state) {
    if (state.q && !M.matches(state.q, model.title + " " + (model.org || ""))) return false;
    if (state.org && model.org !== state.org) return false;
    if (state.mod && model.modalities.indexOf(state.mod) < 0) return false;
    if (state.since && !(model.released >= state.since)) return false;
    if (!M.inRange(state.size, model.size)) return false;
    return !state.access || (state.access === "open") === (model.open === true);
  }
  function read() {
    var state = M.state();
    KEYS.forEach(function (k) {
      var field = form.elements[k], given = state[k];
      if (field.type === "checkbox") field.checked = given !== "0";
      else if (given != null && (!field.options || [].some.call(field.options, function (o) { return o.value === given; }))) field.value = given;
      else field.value = field.options ? field.options[0].value : "";
    });
    show();
  }
  function show() {
    var state = {}, changed = {};
    KEYS.forEach(function (k) {
      var field = form.elements[k];
      state[k] = field.type === "checkbox" ? (field.checked ? "1" : "0") : field.value;
      if (state[k] !== (field.type === "checkbox" ? "1" : field.options ? field.options[0].value : "")) changed[k] = state[k];
    });
    ["x", "y"].forEach(function (k) { titles[k] = form.elements[k].selectedOptions[0].text; });
    form.elements.log.parentNode.hidden = LOGS.indexOf(state.x) < 0;
    var fit = data.models.map(function (m) { return keeps(m, state); }), points = [];
    data.models.forEach(function (m, i) {
      var vx = value(m, state.x), vy = value(m, state.y);
      if (fit[i] && vx != null && vy != null) points.push({ model: m, vx: vx, vy: vy, half: half(m, state.y) });
      if (table.rows[i]) table.rows[i].hidden = !fit[i];
    });
    shown.textContent = words.shown.replace("{n}", M.grouped(points.length)).replace("{all}", M.grouped(data.models.length));
    if (points.length) draw(points, state); else figure.replaceChildren(M.el("p", words.empty, { "class": "note" }));
    M.save(changed);
  }
  form.addEventListener("input", show);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  window.addEventListener("hashchange", read);
  M.get(form.dataset.root, "plots").then(function (found) {
    data = found;
    function choices(field, values) {
      Array.from(new Set(values.filter(Boolean))).sort().forEach(function (name) { field.append(M.el("option", name, { value: name })); });
      field.parentNode.hidden = field.options.length < 3;   /* "any" and one more choose nothing */
    }
    choices(form.elements.org, data.models.map(function (m) { return m.org; }));
    choices(form.elements.mod, [].concat.apply([], data.models.map(function (m) { return m.modalities; })));
    read();
  });
})();
