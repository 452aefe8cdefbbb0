/* The leaderboard: sort, filter, choose columns, recompute, save. Without this file the table is complete but static.
   All state that is not the default is in the address, after the #. */
(function () {
  "use strict";
  var tools = document.getElementById("tools");
  if (!tools) return;
  var M = window.mmeval, words = JSON.parse(tools.dataset.words), root = tools.dataset.root;
  var table = document.querySelector("#board table"), body = table.tBodies[0];
  var heads = [].slice.call(table.tHead.rows[1].cells), groups = [].slice.call(table.tHead.rows[0].cells).slice(2);
  var keys = heads.map(function (h) { return h.dataset.k; });
  var hidden = tools.dataset.hidden.split(",").concat(keys.filter(function (k) { return k.indexOf("g:") === 0; }));
  var at = {};
  keys.forEach(function (k, i) { at[k] = i; });
  var benchmarks = keys.filter(function (k, i) { return "b" in heads[i].dataset; });
  var numeric = {};
  keys.forEach(function (k, i) { numeric[k] = !heads[i].classList.contains("l") && k !== "model"; });
  var rows = [].slice.call(body.rows).map(function (tr, i) {
    return { tr: tr, place: i, name: tr.dataset.m, ref: "ref" in tr.dataset, mod: (tr.dataset.mod || "").split(" "), text: {}, was: {} };
  });
  var sheet = new CSSStyleSheet(), rule = "";
  document.adoptedStyleSheets = [sheet];
  var state = M.state(), first = true;

  function text(row, key) {
    if (!(key in row.text)) {
      var cell = row.tr.cells[at[key]];
      row.text[key] = key === "model" ? cell.firstChild.textContent : (cell.firstChild ? cell.firstChild.textContent : "").trim();
    }
    return row.text[key];
  }
  function value(row, key) { var v = parseFloat(text(row, key).replace("≈", "").replace("−", "-")); return isNaN(v) ? null : v; }
  /* A score on the scale from 0 to 100 that averages use; most columns show that scale already. */
  var lines = {}, chances = {};
  benchmarks.forEach(function (b) {
    var d = heads[at[b]].dataset;
    if (d.f) lines[b] = d.f.split(" ").map(Number);
    if (d.c) chances[b] = +d.c;
  });
  function percent(row, b) { var v = value(row, b); return b in lines && v !== null ? lines[b][0] + lines[b][1] * v : v; }
  function set(row, key, content) {
    var cell = row.tr.cells[at[key]];
    if (!(key in row.was)) row.was[key] = cell.textContent;
    if (row.text[key] !== content) { cell.textContent = content; row.text[key] = content; }
  }
  function file(link) { return link.getAttribute("href").replace(/^.*\/|\.html$/g, ""); }
  function list(name) { return state[name] ? state[name].split(",") : []; }
  function isOn(key) {
    if (hidden.indexOf(key) >= 0 ? list("show").indexOf(key) < 0 : list("hide").indexOf(key) >= 0) return false;
    return true;
  }
  function groupOf(key) {
    var found = null;
    groups.forEach(function (g) { if (g.keys.indexOf(key) >= 0) found = g.dataset.g; });
    return found;
  }
  function folded(name) { return list("fold").indexOf(name) >= 0; }

  /* One style sheet hides columns. Hiding each of 10,000 cells would be slow. */
  function columns() {
    var off = [];
    keys.forEach(function (key, i) {
      var group = groupOf(key), on = isOn(key);
      if (group && folded(group)) on = key === "g:" + group;
      else if (key.indexOf("g:") === 0) on = false;
      if (!on) off.push("#board thead>tr:nth-child(2)>th:nth-child(" + (i + 1) + "),#board tbody>tr>:nth-child(" + (i + 1) + ")");
      heads[i].on = on;
    });
    var css = off.length ? off.join(",") + "{display:none}" : "";
    if (css !== rule) sheet.replaceSync(rule = css);
    var metaCell = table.tHead.rows[0].cells[1];
    var metaKeys = keys.slice(3, keys.length).filter(function (k) { return !groupOf(k); });
    span(metaCell, metaKeys);
    groups.forEach(function (g) {
      span(g, g.keys);
      var button = g.querySelector("button");
      if (button) button.setAttribute("aria-expanded", String(!folded(g.dataset.g)));
    });
  }
  function span(cell, own) {
    var n = own.filter(function (k) { return heads[at[k]].on; }).length;
    cell.hidden = n === 0;
    cell.colSpan = Math.max(1, n);
  }

  function sizeOk(row) {
    if (!state.size) return true;
    var v = value(row, "params");
    if (state.size === "?") return v === null;
    var edge = state.size.split("-");
    return v !== null && v >= +edge[0] && (edge[1] === "" || v < +edge[1]);
  }
  function matches(row) {
    var q = (state.q || "").toLowerCase();
    if (q && !q.split(",").some(function (part) { part = part.trim(); return part && (text(row, "model") + " " + row.name + " " + text(row, "org")).toLowerCase().indexOf(part) >= 0; })) return false;
    if (row.ref) return state.refs !== "0";
    if (state.org && text(row, "org") !== state.org) return false;
    if (state.access && text(row, "access") !== state.access) return false;
    if (state.mod && row.mod.indexOf(state.mod) < 0) return false;
    if (state.llm && text(row, "llm") !== state.llm) return false;
    if (state.enc && text(row, "enc") !== state.enc) return false;
    if (state.since && !(text(row, "date") >= state.since)) return false;
    return sizeOk(row);
  }
  function chosen() { return benchmarks.filter(isOn); }
  function whole(row, which) { return which.every(function (b) { return text(row, b) !== ""; }); }

  function filter() {
    var which = chosen();
    rows.forEach(function (row) {
      row.on = matches(row) && !(state.complete === "1" && !whole(row, which));
      if (row.tr.hidden === row.on) row.tr.hidden = !row.on;
    });
    var shown = rows.filter(function (r) { return r.on && !r.ref; }).length;
    document.getElementById("shown").textContent = words.shown.replace("{n}", shown).replace("{all}", rows.filter(function (r) { return !r.ref; }).length);
  }

  function compare(key, down) {
    return function (a, b) {
      var x = numeric[key] ? value(a, key) : text(a, key).toLowerCase(), y = numeric[key] ? value(b, key) : text(b, key).toLowerCase();
      var noX = x === null || x === "", noY = y === null || y === "";
      if (noX || noY) return noX - noY || a.place - b.place;   /* unknown values come last in both directions */
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1) || a.place - b.place;
    };
  }
  /* Rows in view are moved first, the others in the next frames: laying out 300 rows at once takes 200 ms. */
  var turn = 0, unplaced = null;
  function put(order) {
    var mine = ++turn, from = 0;
    function some(count) {
      var moved = document.createDocumentFragment();
      order.slice(from, from + count).forEach(function (row) { moved.append(row.tr); });
      body.insertBefore(moved, body.rows[from] || null);
      from += count;
    }
    function next() {
      if (mine !== turn || from >= order.length) return;
      some(60);
      setTimeout(next, 0);
    }
    unplaced = function () { if (mine === turn && from < order.length) some(order.length); };
    if (order.some(function (row, i) { return body.rows[i] !== row.tr; })) next(); else unplaced = null;
  }
  function sort() {
    var key = (state.sort || "").replace(/^-/, ""), down = (state.sort || "")[0] === "-";
    var order = key in at ? rows.slice().sort(compare(key, down)) : custom ? rows.slice().sort(compare("mean", true)) : rows.slice();
    put(order);
    heads.forEach(function (h, i) {
      if (keys[i] === key && key) h.setAttribute("aria-sort", down ? "descending" : "ascending"); else h.removeAttribute("aria-sort");
    });
  }

  /* Averages over the chosen benchmarks; rows that lack one of them have none. */
  var custom = false, averaged = benchmarks.join();
  function mean(which, of) { return which.reduce(function (s, b) { return s + of(b); }, 0) / which.length; }
  function fixed(x, places) { return x.toFixed(places).replace(/^-(?=[0.]*$)/, "").replace("-", "−"); }
  function unranked(row, b) { return row.ref || row.tr.cells[at[b]].classList.contains("u"); }
  function place(row, b) {
    var own = percent(row, b);
    return 1 + rows.filter(function (r) { return !unranked(r, b) && percent(r, b) !== null && percent(r, b) > own; }).length;
  }
  function outside(row, which) { return which.some(function (b) { return unranked(row, b); }); }
  var AVERAGES = {
    mean: function (row, which) { return "avgrank" in at && outside(row, which) ? "" : fixed(mean(which, function (b) { return percent(row, b); }), 1); },
    corrected: function (row, which) {
      if (row.ref || !which.every(function (b) { return b in chances; })) return "";
      return fixed(mean(which, function (b) { return 100 * (percent(row, b) - chances[b]) / (100 - chances[b] || 1); }), 1);
    },
    avgrank: function (row, which) { return outside(row, which) ? "" : fixed(mean(which, function (b) { return place(row, b); }), 2); }
  };
  function averages() {
    var which = chosen(), all = which.length === benchmarks.length;
    if (which.join() === averaged) return;
    averaged = which.join();
    custom = !all;
    rows.forEach(function (row) {
      if (all) { Object.keys(row.was).forEach(function (key) { if (key in AVERAGES || key === "coverage") set(row, key, row.was[key]); }); return; }
      var ok = which.length && whole(row, which);
      Object.keys(AVERAGES).forEach(function (key) { if (key in at) set(row, key, ok ? AVERAGES[key](row, which) : ""); });
      set(row, "coverage", which.filter(function (b) { return text(row, b) !== ""; }).length + "/" + which.length);
    });
  }

  /* Rank range: from 1 + the number of shown models that are significantly better, to the number that are not
     significantly worse. */
  function rankBy(models, better) {
    var n = models.length;
    models.forEach(function (row, i) {
      var above = 0, under = 0;
      for (var j = 0; j < n; j++) { if (better(j, i)) above++; if (better(i, j)) under++; }
      row.best = 1 + above; row.worst = n - under;
      set(row, "rank", row.best === row.worst ? String(row.best) : row.best + "–" + row.worst);
    });
    var order = models.map(function (_, i) { return i; }).sort(function (a, b) { return value(models[b], "mean") - value(models[a], "mean"); });
    var leader = -1, tier = 0;
    order.forEach(function (i) {
      if (leader < 0 || better(leader, i)) { leader = i; tier++; }
      set(models[i], "tier", String(tier));
    });
  }
  function clear(ranked) {
    rows.forEach(function (row) { if (ranked.indexOf(row) < 0) { set(row, "rank", ""); set(row, "tier", ""); } });
  }
  function bit(hex, i) { return (parseInt(hex[hex.length - 1 - (i >> 2)] || "0", 16) >> (i & 3)) & 1; }
  var ticket = 0, reranked = false;
  function ranks() {
    var which = chosen(), mine = ++ticket;
    var plain = which.length === benchmarks.length;
    /* Over all benchmarks, what a model lacks was predicted. */
    function rankable(r) { return !r.ref && (plain ? (r.was.rank || text(r, "rank")) !== "" : whole(r, which)); }
    var shown = rows.filter(function (r) { return r.on && rankable(r); });
    var every = rows.filter(rankable);
    if (plain && shown.length === every.length) {
      if (reranked) rows.forEach(function (r) { ["rank", "tier"].forEach(function (k) { if (k in r.was) set(r, k, r.was[k]); }); });
      reranked = false;
      return Promise.resolve();
    }
    reranked = true;
    return M.get(root, "views/" + tools.dataset.view).then(function (data) {
      if (mine !== ticket) return null;
      if (plain) {
        var index = {};
        data.models.forEach(function (m, i) { index[m] = i; });
        shown = shown.filter(function (r) { return r.name in index; });
        var ids = shown.map(function (r) { return index[r.name]; });
        rankBy(shown, function (a, b) { return bit(data.below[ids[b]], ids[a]); });
        clear(shown);
        return null;
      }
      return Promise.all(which.map(function (b) { return M.get(root, "pairs/" + data.pairs[b]); })).then(function (files) {
        if (mine !== ticket) return;
        shown = shown.filter(function (r) { return files.every(function (f) { return f.models.indexOf(r.name) >= 0; }); });   /* the others have no rank there */
        holm(shown, which, files);
        clear(shown);
      });
    });
  }
  var DIGIT = {};
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_".split("").forEach(function (c, i) { DIGIT[c] = i; });
  function holm(models, which, files) {
    var n = models.length, pairs = [], better = new Uint8Array(n * n), variance = new Float64Array(n * n), few = new Float64Array(n * n);
    files.forEach(function (file) {
      var index = {}, size = file.models.length;
      file.models.forEach(function (m, i) { index[m] = i; });
      var ids = models.map(function (r) { return index[r.name]; });
      for (var a = 0; a < n; a++) for (var b = a + 1; b < n; b++) {
        var i = Math.min(ids[a], ids[b]), j = Math.max(ids[a], ids[b]), k = 2 * (i * size - i * (i + 1) / 2 + j - i - 1);
        var se = (64 * DIGIT[file.errors[k]] + DIGIT[file.errors[k + 1]]) * file.unit;
        variance[a * n + b] += se * se;
        if (file.df) few[a * n + b] += se * se * se * se / file.df;
      }
    });
    var means = models.map(function (r) { return mean(which, function (b) { return percent(r, b); }); });
    /* Errors from few pseudo-values need Student's t, with Welch's and Satterthwaite's degrees of freedom. */
    function p(z, v, w) { return w > 0 ? M.pt(z, v * v / w) : M.p(z); }
    for (var a = 0; a < n; a++) for (var b = a + 1; b < n; b++) {
      var v = variance[a * n + b], se = Math.sqrt(v) / which.length, gap = means[a] - means[b];
      pairs.push({ a: a, b: b, gap: gap, p: se > 0 ? p(gap / se, v, few[a * n + b]) : se === 0 && gap ? 0 : 1 });   /* p is 1 without a gap, and where the error is unknown */
    }
    pairs.sort(function (x, y) { return x.p - y.p; });
    for (var k = 0; k < pairs.length && pairs[k].p * (pairs.length - k) <= 0.05; k++) {
      var one = pairs[k];
      better[one.gap > 0 ? one.a * n + one.b : one.b * n + one.a] = 1;
    }
    rankBy(models, function (i, j) { return better[i * n + j]; });
  }

  function show() {
    columns(); averages(); filter(); sort();
    var done = ranks();
    var used = ["org", "access", "size", "mod", "llm", "enc", "since", "complete", "refs"].filter(function (k) { return state[k]; }).length;
    var count = document.querySelector("#filters .count");
    count.hidden = !used; count.textContent = used;
    document.getElementById("reset").hidden = !Object.keys(state).some(function (k) { return state[k]; });
    if (!first) M.save(state);
    first = false;
    return done.then(function () { if (/^-?(rank|tier)$/.test(state.sort || "")) sort(); }, function () { clear([]); });
  }

  /* Controls */
  function options(select, key) {
    var values = {};
    rows.forEach(function (row) { (key === "mod" ? row.mod : [text(row, key)]).forEach(function (v) { if (v && !row.ref) values[v] = 1; }); });
    select.append(M.el("option", words.any, { value: "" }));
    Object.keys(values).sort().forEach(function (v) { select.append(M.el("option", v, { value: v })); });
    if (Object.keys(values).length < 2) select.parentNode.hidden = true;
  }
  ["org", "access", "llm", "enc", "mod"].forEach(function (key) { options(tools.elements[key], key); });
  var fields = ["q", "org", "access", "size", "mod", "llm", "enc", "since"];
  function toForm() {
    fields.forEach(function (key) { tools.elements[key].value = state[key] || ""; });
    tools.elements.complete.checked = state.complete === "1";
    tools.elements.refs.checked = state.refs !== "0";
    [].forEach.call(document.querySelectorAll("#columns input"), function (box) { box.checked = isOn(box.value); });
  }
  tools.addEventListener("input", function (event) {
    var field = event.target;
    if (field.closest("#columns")) { toggle(field.value, field.checked); return; }
    if (field.name === "complete") state.complete = field.checked ? "1" : "";
    else if (field.name === "refs") state.refs = field.checked ? "" : "0";
    else state[field.name] = field.value;
    show();
  });
  tools.addEventListener("submit", function (event) { event.preventDefault(); });
  function toggle(key, on) {
    var name = hidden.indexOf(key) >= 0 ? "show" : "hide", put = name === "show" ? on : !on;
    var now = list(name).filter(function (k) { return k !== key; });
    state[name] = (put ? now.concat(key) : now).join(",");
    show();
  }
  var box = document.getElementById("columns");
  keys.forEach(function (key, i) {
    if (["rank", "tier", "model"].indexOf(key) >= 0 || key.indexOf("g:") === 0) return;
    var label = M.el("label"), check = M.el("input", null, { type: "checkbox", value: key });
    label.append(check, " " + heads[i].textContent.trim());
    box.append(label);
  });
  heads.forEach(function (h, i) {
    var link = h.querySelector("a"), name = h.textContent.trim(), button = M.el("button", name, { type: "button" });
    button.addEventListener("click", function () {
      var key = keys[i], down = numeric[key] && key !== "rank" && key !== "tier";
      var steps = down ? ["-" + key, key, ""] : [key, "-" + key, ""];
      state.sort = steps[(steps.indexOf(state.sort || "") + 1) % 3];
      show();
    });
    if (link) { link.textContent = "↗"; link.setAttribute("aria-label", words["open.group"].replace("{name}", name)); h.replaceChildren(button, link); } else h.replaceChildren(button);
  });
  var next = 3;
  while (next < keys.length && heads[next].dataset.b === undefined && keys[next].indexOf("g:") !== 0) next++;
  groups.forEach(function (g) {
    var n = g.colSpan;
    g.keys = keys.slice(next, next + n);
    next += n;
    if (g.keys[0].indexOf("g:") !== 0) return;
    var button = M.el("button", g.dataset.g, { type: "button", "aria-expanded": "true" });
    button.addEventListener("click", function () {
      var now = list("fold").filter(function (k) { return k !== g.dataset.g; });
      state.fold = (folded(g.dataset.g) ? now : now.concat(g.dataset.g)).join(",");
      show();
    });
    g.replaceChildren(button);
  });

  var menus = [].slice.call(document.querySelectorAll("details.choose"));
  document.addEventListener("click", function (event) { menus.forEach(function (m) { if (!m.contains(event.target)) m.open = false; }); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") menus.forEach(function (m) { if (m.open) { m.open = false; m.querySelector("summary").focus(); } });
  });

  /* Save exactly what is shown. */
  function visible() {
    var on = keys.filter(function (k, i) { return heads[i].on; });
    if (unplaced) unplaced();
    var lines = [].slice.call(body.rows).filter(function (tr) { return !tr.hidden; });
    return lines.map(function (tr) {
      var out = {};
      on.forEach(function (k) {
        var cell = tr.cells[at[k]], half = cell.querySelector("i"), shown = cell.firstChild ? cell.firstChild.textContent.trim() : "";
        out[k] = numeric[k] && k !== "rank" && k !== "coverage" ? (shown === "" ? null : parseFloat(shown.replace("≈", "").replace("−", "-"))) : shown;
        if (heads[at[k]].dataset.b !== undefined) out[k + " ±"] = half ? parseFloat(half.textContent.replace(/[^0-9.]/g, "")) : null;
      });
      out.id = tr.dataset.m;
      return out;
    });
  }
  function quoted(v) {
    v = v == null ? "" : String(v);
    if (/^[=+\-@\t\r]/.test(v) && isNaN(v)) v = "'" + v;
    return /[",\n]/.test(v) ? '"' + v.replace(/"/g, '""') + '"' : v;
  }
  document.getElementById("csv").addEventListener("click", function () {
    var all = visible(), names = all.length ? Object.keys(all[0]) : [];
    M.download("board.csv", "text/csv", [names].concat(all.map(function (r) { return names.map(function (k) { return r[k]; }); })).map(function (r) { return r.map(quoted).join(","); }).join("\n") + "\n");
  });
  document.getElementById("json").addEventListener("click", function () {
    M.download("board.json", "application/json", JSON.stringify({ view: tools.dataset.view, address: location.href, rows: visible() }, null, 1) + "\n");
  });
  document.getElementById("reset").addEventListener("click", function () { state = {}; toForm(); show(); tools.elements.q.focus(); });

  /* Details of a cell */
  var dialog = document.getElementById("detail");
  function detail(cell) {
    var key = keys[cell.cellIndex], row = cell.parentNode;
    if (benchmarks.indexOf(key) < 0 || !cell.textContent) return;
    Promise.all(["m/" + file(row.querySelector(".model a")), "views/" + tools.dataset.view].map(function (name) { return M.get(root, name); })).then(function (both) {
      var data = both[0], past = ((both[1].cells || {})[row.dataset.m] || {})[key], one = past || data.cells[key], facts = dialog.querySelector("dl");
      dialog.querySelector("h2").textContent = data.title + " · " + heads[cell.cellIndex].querySelector("button").textContent;
      facts.replaceChildren();
      [["score", one.value.toFixed(1)], ["interval", one.low.toFixed(1) + "–" + one.high.toFixed(1)], ["n", one.n + " / " + one.planned],
        one.missing ? ["measured", one.measured.toFixed(1) + " [" + one.value.toFixed(1) + ", " + one.right.toFixed(1) + "]"] : null, one.runs > 1 ? ["runs", one.runs] : null,
        ["failed", one.failed], ["truncated", one.truncated], ["unparsed", one.unparsed], ["fact.cost", one.cost == null ? "–" : one.cost.toFixed(2)]]
        .filter(Boolean).forEach(function (pair) { facts.append(M.el("dt", words[pair[0]]), M.el("dd", String(pair[1]))); });
      var link = document.getElementById("detail-run");   /* a run that a newer one replaced has no pages */
      link.hidden = !one.run;
      link.href = tools.dataset.pages + one.run + "/index.html";
      dialog.showModal();
    }, function () { /* without the data file there are no details */ });
  }
  body.addEventListener("click", function (event) { var cell = event.target.closest("td"); if (cell) detail(cell); });
  /* Only one cell is in the tab order; arrow keys move within the table. */
  var grid = body.querySelector("td");
  if (grid) grid.tabIndex = 0;
  body.addEventListener("focusin", function (event) { if (event.target.tagName === "TD" && event.target !== grid) { grid.tabIndex = -1; grid = event.target; grid.tabIndex = 0; } });
  body.addEventListener("keydown", function (event) {
    var cell = event.target, row = cell.parentNode, to = null;
    if (cell.tagName !== "TD") return;
    function seek(from, step) { var c = from; do { c = step(c); } while (c && (c.hidden || getComputedStyle(c).display === "none")); return c; }
    if (event.key === "ArrowRight") to = seek(cell, function (c) { return c.nextElementSibling; });
    else if (event.key === "ArrowLeft") to = seek(cell, function (c) { return c.previousElementSibling; });
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var line = seek(row, function (r) { return event.key === "ArrowDown" ? r.nextElementSibling : r.previousElementSibling; });
      to = line && line.cells[cell.cellIndex];
    } else if (event.key === "Enter") { detail(cell); event.preventDefault(); }
    if (!to) return;
    if (to.tagName === "TH") to = seek(to, function (c) { return event.key === "ArrowLeft" ? c.previousElementSibling : c.nextElementSibling; });
    if (to) { to.tabIndex = -1; to.focus(); event.preventDefault(); }
  });

  window.addEventListener("hashchange", function () { state = M.state(); first = true; toForm(); show(); });
  document.documentElement.classList.add("js");
  tools.hidden = false;
  toForm();
  show();
})();
