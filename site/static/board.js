/* The leaderboard: sort, filter, choose and weigh columns, recompute, save. Without this file the table is complete but
   static. All state that is not the default is in the address, after the #. */
(function () {
  "use strict";
  var tools = document.getElementById("tools");
  if (!tools) return;
  var M = window.mmeval, set = tools.dataset, words = JSON.parse(set.words), root = set.root;
  var board = document.getElementById("board"), table = board.querySelector("table"), body = table.tBodies[0];
  var heads = [].slice.call(table.tHead.rows[1].cells), groups = [].slice.call(table.tHead.rows[0].cells).slice(2);
  var keys = heads.map(function (h) { return h.dataset.k; }), at = {}, numeric = {}, titles = {};
  keys.forEach(function (k, i) { at[k] = i; numeric[k] = !heads[i].classList.contains("l") && k !== "model"; titles[k] = heads[i].textContent.trim(); });
  var benchmarks = keys.filter(function (k, i) { return "b" in heads[i].dataset; });
  var facts = keys.filter(function (k, i) { return heads[i].classList.contains("f"); });
  var groupOf = {}, next = 3 + facts.length;
  groups.forEach(function (g) {
    g.keys = keys.slice(next, next += g.colSpan);
    g.keys.forEach(function (k) { groupOf[k] = g.dataset.g; });
  });
  var lines = {}, chances = {};   /* how a shown value becomes a percentage, and chance on that scale */
  benchmarks.forEach(function (b) {
    var d = heads[at[b]].dataset;
    if (d.f) lines[b] = d.f.split(" ").map(Number);
    if (d.c) chances[b] = +d.c;
  });
  var PHONE = matchMedia("(max-width: 44rem)"), total = +set.rows, room = body.rows.length;
  var sheet = new CSSStyleSheet(), rule = "";
  document.adoptedStyleSheets = [sheet];
  var state = M.state(), first = true, everything = false, rows = [], order = [];
  function take(list) {
    [].forEach.call(list, function (tr) {
      tr.querySelectorAll("a").forEach(function (a) { a.tabIndex = -1; });
      rows.push({ tr: tr, cells: [].slice.call(tr.cells), place: rows.length, name: tr.dataset.m, ref: "ref" in tr.dataset, mod: (tr.dataset.mod || "").split(" "), text: {}, was: {} });
    });
  }
  take(body.rows);

  /* The rows that have no room on the page come when they are needed. */
  var coming = null;
  function all() {
    if (rows.length >= total) return Promise.resolve();
    coming = coming || M.get(root, "views/" + set.view + "-rows-" + set.lang).then(function (text) {
      var holder = document.createElement("template");
      holder.innerHTML = "<table><tbody>" + text + "</tbody></table>";
      take([].slice.call(holder.content.querySelectorAll("tr")));
    });
    return coming;
  }
  function plain() { return Object.keys(state).every(function (k) { return !state[k] || k === "show" || k === "pm" || k === "fold"; }) && !everything; }

  function text(row, key) {
    if (!(key in row.text)) {
      var node = row.cells[at[key]].firstChild;
      row.text[key] = node && node.nodeName !== "svg" ? node.textContent.trim() : "";
    }
    return row.text[key];
  }
  function value(row, key) {
    var said = text(row, key), v = parseFloat(said.replace("≈", "").replace("−", "-"));
    return isNaN(v) ? null : key === "params" && / M$/.test(said) ? v / 1000 : v;   /* billions of parameters */
  }
  function percent(row, b) { var v = value(row, b); return b in lines && v !== null ? lines[b][0] + lines[b][1] * v : v; }
  function put(row, key, content) {
    var was = text(row, key);
    if (!(key in row.was)) row.was[key] = was;
    if (was === content) return;
    var cell = row.cells[at[key]];
    if (cell.firstChild && cell.firstChild.nodeType === 3) cell.firstChild.nodeValue = content; else cell.prepend(content);
    row.text[key] = content;
  }
  function list(name) { return state[name] ? state[name].split(",") : []; }
  function weights() {
    var out = {};
    list("w").forEach(function (pair) { var cut = pair.lastIndexOf(":"), w = parseFloat(pair.slice(cut + 1)); if (cut > 0 && w >= 0 && isFinite(w)) out[pair.slice(0, cut)] = w; });
    return out;
  }
  function folded(name) { return (set.folded.split(",").indexOf(name) >= 0) !== (list("fold").indexOf(name) >= 0) && state.g !== name; }
  function isChosen(b) { return list("hide").indexOf(b) < 0 && (!state.g || groupOf[b] === state.g); }
  function isOn(key) {
    if (facts.indexOf(key) >= 0) return list("show").indexOf(key) >= 0;
    if (key.indexOf("g:") === 0) return folded(key.slice(2)) && (!state.g || key.slice(2) === state.g);
    return benchmarks.indexOf(key) < 0 || (isChosen(key) && !folded(groupOf[key]));
  }
  function chosen() { var w = weights(); return benchmarks.filter(function (b) { return isChosen(b) && w[b] !== 0; }); }

  /* One style sheet shows columns, and names scores on the cards of phones. Touching each of 10,000 cells would be slow. A
     class for each column is found at once, where :nth-child would be tried on every cell. */
  function classed(cells) { if (!cells[0].classList.contains("c0")) cells.forEach(function (cell, i) { cell.classList.add("c" + i); }); }
  classed(heads);
  function columns() {
    var on = [], off = [], names = [];
    keys.forEach(function (key, i) {
      var where = "#board .c" + i;
      heads[i].on = isOn(key);
      if (!heads[i].on) off.push(where);
      else if (/^g:/.test(key) || facts.indexOf(key) >= 0) on.push(where);
      if (benchmarks.indexOf(key) >= 0 || /^g:/.test(key)) names.push("#board td.c" + i + "::before{content:" + quotedCss(titles[key]) + "}");
    });
    var css = (on.length ? on.join(",") + "{display:table-cell}" : "") + (off.length ? off.join(",") + "{display:none!important}" : "") + "@media screen and (max-width:44rem){" + names.join("") + "}";
    if (css !== rule) sheet.replaceSync(rule = css);
    span(table.tHead.rows[0].cells[1], facts);
    table.tHead.rows[0].cells[1].style.display = facts.some(isOn) ? "table-cell" : "";
    groups.forEach(function (g) {
      span(g, g.keys);
      var button = g.querySelector("button");
      if (button) button.setAttribute("aria-expanded", String(!folded(g.dataset.g)));
    });
    board.classList.toggle("pm", state.pm === "1");
    board.classList.toggle("folds", keys.some(function (key) { return /^g:/.test(key) && isOn(key); }));
    rove();
  }
  function quotedCss(s) { return '"' + s.replace(/["\\\n\r\f<]/g, function (c) { return "\\" + c.charCodeAt(0).toString(16) + " "; }) + '"'; }
  function span(cell, own) {
    var n = own.filter(function (k) { return heads[at[k]].on; }).length;
    cell.hidden = n === 0;
    cell.colSpan = Math.max(1, n);
  }

  function sizeOk(row) {
    return M.inRange(state.size, value(row, "params"));
  }
  function matches(row) {
    var parts = (state.q || "").split(/[,，、]/).filter(function (part) { return M.normalize(part); });
    if (parts.length && !parts.some(function (part) { return M.matches(part, text(row, "model") + " " + row.name + " " + text(row, "org")); })) return false;
    if (row.ref) return state.refs !== "0";
    if (["org", "access", "llm", "enc"].some(function (key) { return state[key] && text(row, key) !== state[key]; })) return false;
    if (state.mod && row.mod.indexOf(state.mod) < 0) return false;
    if (state.since && !(text(row, "date") >= state.since)) return false;
    return sizeOk(row);
  }
  function whole(row, which) { return which.every(function (b) { return text(row, b) !== ""; }); }
  function filter() {
    var which = chosen();
    rows.forEach(function (row) { row.on = matches(row) && !(state.complete === "1" && !whole(row, which)); });
    var shown = rows.filter(function (r) { return r.on && !r.ref; }).length, models = total - rows.filter(function (r) { return r.ref; }).length;
    document.getElementById("shown").textContent = words.shown.replace("{n}", M.grouped(plain() ? models : shown)).replace("{all}", M.grouped(models));
    var none = document.getElementById("none");
    none.textContent = !which.length ? words["found.columns"] : !rows.some(function (r) { return r.on; }) ? words["found.none"].replace("{q}", state.q || "") : "";
    none.hidden = !none.textContent;
  }

  function compare(key, down) {
    return function (a, b) {
      if (a.ref !== b.ref) return a.ref - b.ref;   /* references keep their own block */
      var x = numeric[key] ? value(a, key) : text(a, key).toLowerCase(), y = numeric[key] ? value(b, key) : text(b, key).toLowerCase();
      var noX = x === null || x === "", noY = y === null || y === "";
      if (noX || noY) return noX - noY || a.place - b.place;   /* unknown values come last in both directions */
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1) || a.place - b.place;
    };
  }
  /* Of a large table, rows outside the view hold their first cells alone: rank, model and overall score. A thousand cells
     take 40 ms to lay out and paint. */
  var FIRST = 3, AROUND = 12, ROWS = 100, turn = 0, placed = rows.slice(), sparse = false, filled = [0, rows.length];
  function widen(row) {
    classed(row.cells);
    if (!row.rest) return;
    row.tr.append(row.rest);
    row.tr.classList.remove("short");
    row.rest = null;
  }
  function strip(row) {
    if (row.rest || row.tr.contains(document.activeElement)) return;
    row.rest = document.createDocumentFragment();
    row.rest.append.apply(row.rest, row.cells.slice(FIRST));
    row.tr.classList.add("short");
  }
  function whole_rows() { placed.forEach(widen); filled = [0, placed.length]; }
  function near() {
    if (!sparse) return;
    var tall = body.rows.length && body.rows[0].offsetHeight || 30, top = Math.floor(board.scrollTop / tall), end = top + Math.ceil((board.clientHeight - table.tHead.offsetHeight) / tall);
    if (filled[0] <= Math.max(0, top - 2) && filled[1] >= Math.min(placed.length, end + 2)) return;
    var from = Math.max(0, top - AROUND), to = Math.min(placed.length, end + AROUND);
    placed.slice(filled[0], filled[1]).forEach(function (row, i) { if (i + filled[0] < from || i + filled[0] >= to) strip(row); });
    placed.slice(from, to).forEach(widen);
    filled = [from, to];
    anchor();
  }
  board.addEventListener("scroll", near, { passive: true });
  window.addEventListener("beforeprint", function () { if (sparse) whole_rows(); });
  window.addEventListener("afterprint", function () { if (sparse) { placed.forEach(strip); filled = [0, 0]; near(); } });

  function place() {
    var shown = order.filter(function (r) { return r.on; }), rivals = shown.filter(function (r) { return !r.ref; });
    var limit = everything ? Infinity : PHONE.matches ? 20 : rows.length > room || total > room ? room : Infinity;
    var wanted = rivals.slice(0, limit).concat(shown.filter(function (r) { return r.ref; })), large = !PHONE.matches && wanted.length * keys.length > +set.cells;
    var more = document.getElementById("all"), left = (plain() ? total : shown.length) - wanted.length;
    more.hidden = left <= 0;
    more.textContent = words["show.all"].replace("{n}", M.grouped(left + wanted.length));
    if (large === sparse && wanted.length === placed.length && wanted.every(function (row, i) { return placed[i] === row; })) { if (!sparse) whole_rows(); return; }
    body.replaceChildren();
    placed = wanted;
    sparse = large;
    board.classList.toggle("sparse", sparse);
    board.scrollTop = 0;
    if (!sparse) whole_rows();
    else {
      filled = [0, Math.min(placed.length, Math.ceil(innerHeight / 36))];   /* 30 px each, and the head takes a sixth */
      placed.forEach(function (row, i) { if (i < filled[1]) widen(row); else strip(row); });
    }
    var lines = placed.map(function (row) { return row.tr; }), mine = ++turn;
    body.append.apply(body, lines.slice(0, ROWS));
    anchor();
    /* the others after these are painted */
    if (lines.length > ROWS) requestAnimationFrame(function () { setTimeout(function () { if (mine === turn) body.append.apply(body, lines.slice(ROWS)); }); });
  }
  function sort() {
    var key = (state.sort || "").replace(/^-/, ""), down = (state.sort || "")[0] === "-";
    order = rows.slice().sort(key in at ? compare(key, down) : custom ? compare("mean", true) : function (a, b) { return a.ref - b.ref || a.place - b.place; });
    place();
    heads.forEach(function (h, i) {
      if (keys[i] === key && key) h.setAttribute("aria-sort", down ? "descending" : "ascending"); else h.removeAttribute("aria-sort");
    });
  }

  /* Averages over the chosen benchmarks. What a row lacks was predicted when the site was built; a row with less than half
     of the weight has no average. */
  var pieces = null, custom = false, averaged = null;
  function isPlain() { return chosen().length === benchmarks.length && !state.w; }
  function mean(which, of) {
    var w = weights(), sum = 0, all = 0;
    which.forEach(function (b) { var one = b in w ? w[b] : 1; sum += one * of(b); all += one; });
    return sum / all;
  }
  function weight(b, w) { return b in w ? w[b] : 1; }
  function exact(row, b) { var own = pieces && pieces.values[row.name]; return own ? own[pieces.benchmarks.indexOf(b)] : percent(row, b); }
  function estimated(row, which) {
    if (row.ref || whole(row, which) || !which.every(function (b) { return exact(row, b) !== null; })) return false;
    var w = weights(), seen = 0, all = 0;
    which.forEach(function (b) { all += weight(b, w); if (text(row, b) !== "") seen += weight(b, w); });
    return seen >= all / 2;
  }
  /* The interval and the coverage beside an average; without arguments those of the page. */
  function beside(row, half, lacks) {
    var cell = row.cells[at.mean];
    [["i", half], ["small", lacks]].forEach(function (pair) {
      var node = cell.querySelector(pair[0]), key = "beside " + pair[0];
      if (!node) { if (!pair[1]) return; node = M.el(pair[0], ""); if (pair[0] === "i") cell.childNodes[0].after(node); else cell.append(node); }
      if (!(key in row.was)) row.was[key] = node.textContent;
      node.textContent = pair[1] === undefined ? row.was[key] : pair[1] ? " " + pair[1] : "";
    });
  }
  function fixed(x, places) { return x.toFixed(places).replace(/^-(?=[0.]*$)/, "").replace("-", "−"); }
  function unranked(row, b) { return row.ref || row.cells[at[b]].classList.contains("u"); }
  function above(row, b) {
    var own = percent(row, b);
    return 1 + rows.filter(function (r) { return !unranked(r, b) && percent(r, b) !== null && percent(r, b) > own; }).length;
  }
  function outside(row, which) { return which.some(function (b) { return unranked(row, b); }); }
  var AVERAGES = {
    mean: function (row, which) { return "avgrank" in at && outside(row, which) ? "" : fixed(mean(which, function (b) { return exact(row, b); }), 1); },
    corrected: function (row, which) {
      if (row.ref || !which.every(function (b) { return b in chances; })) return "";
      return fixed(mean(which, function (b) { return 100 * (percent(row, b) - chances[b]) / (100 - chances[b] || 1); }), 1);
    },
    avgrank: function (row, which) { return outside(row, which) ? "" : fixed(mean(which, function (b) { return above(row, b); }), 2); }
  };
  function averages() {
    var which = chosen(), now = which.join() + " " + (state.w || "");
    if (now === averaged || (averaged === null && isPlain())) return;
    averaged = now;
    custom = !isPlain();
    rows.forEach(function (row) {
      var ok = which.length && whole(row, which), part = which.length && custom && estimated(row, which), seen = which.filter(function (b) { return text(row, b) !== ""; }).length;
      Object.keys(AVERAGES).concat("coverage").forEach(function (key) {
        if (!(key in at)) return;
        if (!custom) { if (key in row.was) put(row, key, row.was[key]); }
        else if (key === "coverage") put(row, key, seen + "/" + which.length);
        else put(row, key, ok ? AVERAGES[key](row, which) : part && key === "mean" ? "≈ " + AVERAGES.mean(row, which) : "");
      });
      if (!custom) beside(row); else beside(row, "", part ? seen + "/" + which.length : "");
    });
  }

  /* Rank range: from 1 + the number of shown models that are significantly better, to the number that are not
     significantly worse. */
  function show_ranks(models, found) {
    rows.forEach(function (row) {
      var i = models.indexOf(row), one = found[i];
      put(row, "rank", i < 0 ? "" : one.best === one.worst ? String(one.best) : one.best + "–" + one.worst);
      put(row, "tier", i < 0 ? "" : String(one.tier));
      bar(row, one, models.length);
    });
  }
  function bar(row, one, n) {
    var svg = row.cells[at.rank].querySelector("svg");
    row.tr.classList.toggle("first", !!one && one.best === 1);
    if (!svg) return;
    if (!row.was.bar) row.was.bar = [svg.lastChild.getAttribute("x"), svg.lastChild.getAttribute("width")];
    var wide = +svg.getAttribute("width"), width = one ? Math.max(3, wide * (one.worst - one.best + 1) / n) : 0;
    svg.style.visibility = one ? "" : "hidden";
    svg.lastChild.setAttribute("x", one ? Math.min(wide * (one.best - 1) / n, wide - 3) : 0);
    svg.lastChild.setAttribute("width", width);
  }
  function restore() {
    rows.forEach(function (row) {
      ["rank", "tier"].forEach(function (k) { if (k in row.was) put(row, k, row.was[k]); });
      var svg = row.cells[at.rank].querySelector("svg");
      row.tr.classList.toggle("first", /^1(\D|$)/.test(text(row, "rank")));
      if (svg && row.was.bar) { svg.style.visibility = ""; svg.lastChild.setAttribute("x", row.was.bar[0]); svg.lastChild.setAttribute("width", row.was.bar[1]); }
    });
  }
  var ticket = 0, reranked = false;
  function ranks() {
    var which = chosen(), mine = ++ticket, usual = isPlain();
    /* Over all benchmarks, what a model lacks was predicted. */
    function rankable(r) { return !r.ref && which.length && (usual ? ("rank" in r.was ? r.was.rank : text(r, "rank")) !== "" : whole(r, which) || estimated(r, which)); }
    var shown = rows.filter(function (r) { return r.on && rankable(r); });
    if (usual && shown.length === rows.filter(rankable).length) {
      if (reranked) restore();
      reranked = false;
      return Promise.resolve();
    }
    reranked = true;
    if (!usual && shown.length > +set.most) {
      note(words["ranks.large"].replace("{n}", set.most));
      apart(shown.filter(function (r) { return whole(r, which); }), which);
      return Promise.resolve();
    }
    return M.get(root, "views/" + set.view).then(function (data) {
      if (mine !== ticket) return null;
      if (usual) {
        var index = {};
        data.models.forEach(function (m, i) { index[m] = i; });
        shown = shown.filter(function (r) { return r.name in index; });
        var ids = shown.map(function (r) { return index[r.name]; });
        show_ranks(shown, M.rankRanges(shown.map(function (r) { return value(r, "mean"); }), function (a, b) { return M.bit(data.below[ids[b]], ids[a]); }));
        return null;
      }
      var guessed = shown.some(function (r) { return !whole(r, which); }), partly = guessed && pieces.of, wanted = pieces.benchmarks.map(function (b) { return partly || which.indexOf(b) >= 0; });
      return Promise.all(pieces.benchmarks.map(function (b, i) { return wanted[i] && M.get(root, "pairs/" + data.pairs[b]); })).then(function (files) {
        if (mine !== ticket) return;
        var w = weights(), seen = files.map(function (f) { var own = {}; if (f) f.models.forEach(function (m) { own[m] = 1; }); return own; });
        var ranked = shown.filter(function (r) {   /* a model that has no rank on a benchmark has none here */
          return (whole(r, which) || pieces.of && pieces.models.indexOf(r.name) >= 0) && which.every(function (b) { return text(r, b) === "" || seen[pieces.benchmarks.indexOf(b)][r.name]; });
        });
        var found = M.weigh(ranked.map(function (r) { return r.name; }), pieces, files, pieces.benchmarks.map(function (b) { return which.indexOf(b) < 0 ? 0 : weight(b, w); }));
        show_ranks(ranked, M.rankRanges(found.means, found.better));
        if (guessed && !pieces.of && rows.length > +set.most) note(words["ranks.partly"].replace("{n}", set.most));
        ranked.forEach(function (r, i) { beside(r, "±" + fixed(found.halves[i], 1), whole(r, which) ? "" : which.filter(function (b) { return text(r, b) !== ""; }).length + "/" + which.length); });
      });
    });
  }
  /* Ranks of too many models for tests of all pairs: better is whose interval lies above. All intervals hold together
     (Bonferroni), so this is right whatever the models have in common, and wider than tests on the same questions. */
  function apart(shown, which) {
    var w = weights(), of = pieces.benchmarks.map(function (b) { return which.indexOf(b) < 0 ? 0 : weight(b, w); });
    function halves(p) {
      var found = {};
      if (pieces.own) M.spread(pieces.models, pieces.own, of, p).forEach(function (h, i) { found[pieces.models[i]] = h; });
      return found;
    }
    var own = halves(0.05), ranked = shown.filter(function (r) { return own[r.name] != null; }), wide = halves(0.05 / ranked.length);
    var means = ranked.map(function (r) { return mean(which, function (b) { return exact(r, b); }); });
    show_ranks(ranked, M.rankApart(means, ranked.map(function (r) { return wide[r.name]; })));
    ranked.forEach(function (r) { beside(r, "±" + fixed(own[r.name], 1), ""); });
  }
  function note(said) { var none = document.getElementById("none"); if (none.hidden) { none.textContent = said; none.hidden = false; } }

  function show() {
    if (!plain() && rows.length < total) {
      document.getElementById("shown").textContent = words.wait;
      columns();
      return all().then(show, function () { total = rows.length; return show(); });
    }
    if (!isPlain() && !pieces) {
      columns();
      return M.get(root, "views/" + set.view + "-weights").then(function (found) { pieces = found; }, function () { pieces = { benchmarks: benchmarks, models: [], values: {}, of: null }; }).then(show);
    }
    columns(); averages(); filter(); sort();
    var done = ranks(), which = chosen(), partly = custom ? rows.filter(function (r) { return r.on && !r.ref && !whole(r, which) && !estimated(r, which); }).length : 0;
    if (partly && which.length) note(words["found.partly"].replace("{n}", M.grouped(partly)));
    var used = ["org", "access", "size", "mod", "llm", "enc", "since", "complete", "refs"].filter(function (k) { return state[k]; }).length;
    var count = document.querySelector("#filters .count");
    count.hidden = !used; count.textContent = used;
    document.getElementById("reset").hidden = !Object.keys(state).some(function (k) { return state[k]; });
    document.querySelectorAll(".seg a[data-g]").forEach(function (a) { if (a.dataset.g === state.g) a.setAttribute("aria-current", "true"); else a.removeAttribute("aria-current"); });
    document.querySelectorAll('.seg a[href]:not([data-g])').forEach(function (a) { if (a.hasAttribute("data-here")) { if (state.g) a.removeAttribute("aria-current"); else a.setAttribute("aria-current", "page"); } });
    tools.elements.order.value = state.sort || "";
    document.getElementById("pm").setAttribute("aria-pressed", String(state.pm === "1"));
    document.getElementById("factsbutton").setAttribute("aria-pressed", String(list("show").length > 0));
    if (!first) M.save(state);
    first = false;
    return done.then(function () { if (/^-?(rank|tier)$/.test(state.sort || "")) sort(); }, function () { show_ranks([], []); });
  }

  /* Controls */
  function options(select, key) {
    var values = {};
    rows.forEach(function (row) { (key === "mod" ? row.mod : [text(row, key)]).forEach(function (v) { if (v && !row.ref) values[v] = 1; }); });
    select.replaceChildren(M.el("option", words.any, { value: "" }));
    Object.keys(values).sort().forEach(function (v) { select.append(M.el("option", v, { value: v })); });
    select.parentNode.hidden = Object.keys(values).length < 2;
    select.value = state[key] || "";
  }
  function fill() { ["org", "access", "llm", "enc", "mod"].forEach(function (key) { options(tools.elements[key], key); }); }
  var fields = ["q", "org", "access", "size", "mod", "llm", "enc", "since"];
  function toForm() {
    fields.forEach(function (key) { tools.elements[key].value = state[key] || ""; });
    tools.elements.complete.checked = state.complete === "1";
    tools.elements.refs.checked = state.refs !== "0";
    var w = weights();
    document.querySelectorAll("#columns input[value]").forEach(function (box) { box.checked = benchmarks.indexOf(box.value) >= 0 ? isChosen(box.value) : isOn(box.value); });
    document.querySelectorAll("#columns input[data-w]").forEach(function (one) { one.value = one.dataset.w in w ? w[one.dataset.w] : 1; });
  }
  tools.addEventListener("input", function (event) {
    var field = event.target;
    if (field.dataset.w) weigh(field.dataset.w, field.value);
    else if (field.dataset.find !== undefined) { narrow(field.value); return; }
    else if (field.closest("#columns")) toggle(field.value, field.checked);
    else if (field.name === "complete") state.complete = field.checked ? "1" : "";
    else if (field.name === "refs") state.refs = field.checked ? "" : "0";
    else if (field.name === "order") state.sort = field.value;
    else state[field.name] = field.value;
    show();
  });
  tools.addEventListener("submit", function (event) { event.preventDefault(); });
  ["pointerenter", "focusin"].forEach(function (event) { tools.addEventListener(event, function () { all().then(fill, function () { }); }, { once: true }); });
  function toggle(key, on) {
    var name = facts.indexOf(key) >= 0 ? "show" : "hide", keep = name === "show" ? on : !on;
    var now = list(name).filter(function (k) { return k !== key; });
    state[name] = (keep ? now.concat(key) : now).join(",");
  }
  function weigh(key, w) {
    var now = list("w").filter(function (pair) { return pair.slice(0, pair.lastIndexOf(":")) !== key; });
    if (w !== "" && +w !== 1 && +w >= 0) now.push(key + ":" + +w);
    state.w = now.join(",");
  }
  function narrow(q) { document.querySelectorAll("#columns .one").forEach(function (row) { row.hidden = !M.matches(q, row.dataset.t); if (q && !row.hidden) row.closest("details").open = true; }); }
  /* The menu is made when it is opened: a board of 200 benchmarks has a long one. */
  function menu() {
    var box = document.getElementById("columns");
    if (box.firstChild) return;
    function check(key) { var label = M.el("label"), input = M.el("input", null, { type: "checkbox", value: key }); label.append(input, " " + titles[key]); return label; }
    if (benchmarks.length > 20) box.append(M.el("input", null, { type: "search", "data-find": "", "aria-label": tools.querySelector("[name=q]").placeholder, autocomplete: "off" }));
    var about = M.el("div"); about.className = "factlist";
    facts.forEach(function (key) { about.append(check(key)); });
    groups.forEach(function (g) {
      var part = M.el("details");
      part.open = benchmarks.length <= 20;
      part.append(M.el("summary", g.dataset.t));
      g.keys.filter(function (k) { return benchmarks.indexOf(k) >= 0; }).forEach(function (key) {
        var line = M.el("div", null, { "data-t": titles[key] });
        line.className = "one";
        line.append(check(key), M.el("input", null, { type: "number", min: 0, step: "any", "data-w": key, "aria-label": words.weight.replace("{name}", titles[key]) }));
        part.append(line);
      });
      box.append(part);
    });
    box.append(about);
    toForm();
  }
  document.getElementById("choice").addEventListener("toggle", menu);

  heads.forEach(function (h, i) {
    var link = h.querySelector("a"), name = titles[keys[i]], button = M.el("button", name, { type: "button" });
    if (h.classList.contains("v")) button.className = "name";
    button.addEventListener("click", function () {
      var key = keys[i], down = numeric[key] && key !== "rank" && key !== "tier";
      var steps = down ? ["-" + key, key, ""] : [key, "-" + key, ""];
      state.sort = steps[(steps.indexOf(state.sort || "") + 1) % 3];
      show();
    });
    if (link) { link.textContent = "↗"; link.className = "open"; link.setAttribute("aria-label", words["open.group"].replace("{name}", name)); h.replaceChildren(button, link); } else h.replaceChildren(button);
    if (numeric[keys[i]] && keys[i] !== "rank" && keys[i] !== "tier" && !/^g:/.test(keys[i])) tools.elements.order.append(M.el("option", name, { value: keys[i] === "mean" ? "" : "-" + keys[i] }));
  });
  groups.forEach(function (g) {
    g.dataset.t = g.textContent.trim();
    if (g.keys[0].indexOf("g:") !== 0) return;
    var button = M.el("button", g.dataset.t, { type: "button", "aria-expanded": "true" });
    button.addEventListener("click", function () {
      var now = list("fold").filter(function (k) { return k !== g.dataset.g; });
      state.fold = (list("fold").indexOf(g.dataset.g) >= 0 ? now : now.concat(g.dataset.g)).join(",");
      show();
    });
    g.replaceChildren(button);
  });
  document.querySelectorAll(".seg a[data-g]").forEach(function (a) {
    a.addEventListener("click", function (event) { event.preventDefault(); state.g = state.g === a.dataset.g ? "" : a.dataset.g; show(); });
  });
  document.querySelectorAll('.seg a[aria-current="page"]').forEach(function (a) {
    a.dataset.here = "";
    a.addEventListener("click", function (event) { if (state.g) { event.preventDefault(); state.g = ""; show(); } });
  });
  document.getElementById("pm").addEventListener("click", function () { state.pm = state.pm === "1" ? "" : "1"; show(); });
  document.getElementById("factsbutton").addEventListener("click", function () { state.show = state.show ? "" : set.facts; toForm(); show(); });
  document.getElementById("all").addEventListener("click", function () { everything = true; show(); });
  PHONE.addEventListener("change", function () { place(); });

  var menus = [].slice.call(document.querySelectorAll("details.choose"));
  document.addEventListener("click", function (event) { menus.forEach(function (m) { if (!m.contains(event.target)) m.open = false; }); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") menus.forEach(function (m) { if (m.open) { m.open = false; m.querySelector("summary").focus(); } });
  });

  /* Save exactly what is shown. */
  function visible() {
    var on = keys.filter(function (k, i) { return heads[i].on; });
    return order.filter(function (r) { return r.on; }).map(function (row) {
      var out = {};
      on.forEach(function (k) {
        var shown = text(row, k), half = row.cells[at[k]].querySelector("i");
        out[k] = numeric[k] && k !== "rank" && k !== "coverage" ? value(row, k) : shown;
        if (heads[at[k]].dataset.b !== undefined) out[k + " ±"] = half ? parseFloat(half.textContent.replace(/[^0-9.]/g, "")) : null;
      });
      out.id = row.name;
      return out;
    });
  }
  function quoted(v) {
    v = v == null ? "" : String(v);
    if (/^[=+\-@\t\r]/.test(v) && isNaN(v)) v = "'" + v;
    return /[",\n]/.test(v) ? '"' + v.replace(/"/g, '""') + '"' : v;
  }
  function save(make) { var was = everything; everything = true; show().then(function () { make(visible()); everything = was; show(); }); }
  document.getElementById("csv").addEventListener("click", function () {
    save(function (shown) {
      var names = shown.length ? Object.keys(shown[0]) : [];
      M.download("board.csv", "text/csv", [names].concat(shown.map(function (r) { return names.map(function (k) { return r[k]; }); })).map(function (r) { return r.map(quoted).join(","); }).join("\n") + "\n");
    });
  });
  document.getElementById("json").addEventListener("click", function () {
    save(function (shown) { M.download("board.json", "application/json", JSON.stringify({ view: set.view, address: location.href, rows: shown }, null, 1) + "\n"); });
  });
  document.getElementById("reset").addEventListener("click", function () { state = {}; everything = false; toForm(); show(); tools.elements.q.focus(); });

  /* Details of a cell */
  var dialog = document.getElementById("detail");
  function file(link) { return link.getAttribute("href").replace(/^.*\/|\.html$/g, ""); }
  function detail(cell) {
    var key = keys[cell.cellIndex], row = cell.parentNode;
    if (benchmarks.indexOf(key) < 0 || !cell.textContent) return;
    Promise.all(["m/" + file(row.querySelector(".model a")), "views/" + set.view].map(function (name) { return M.get(root, name); })).then(function (both) {
      var data = both[0], past = ((both[1].cells || {})[row.dataset.m] || {})[key], one = past || data.cells[key], about = dialog.querySelector("dl");
      dialog.querySelector("h2").textContent = data.title + " · " + titles[key];
      about.replaceChildren();
      [["score", one.value.toFixed(1)], ["interval", one.low.toFixed(1) + "–" + one.high.toFixed(1)], ["n", one.n + " / " + one.planned],
        one.missing ? ["measured", one.measured.toFixed(1) + " [" + one.value.toFixed(1) + ", " + one.right.toFixed(1) + "]"] : null, one.runs > 1 ? ["runs", one.runs] : null,
        ["failed", one.failed], ["truncated", one.truncated], ["unparsed", one.unparsed], ["fact.cost", one.cost == null ? "–" : one.cost.toFixed(2)]]
        .filter(Boolean).forEach(function (pair) { about.append(M.el("dt", words[pair[0]]), M.el("dd", String(pair[1]))); });
      var link = document.getElementById("detail-run");   /* a run that a newer one replaced has no pages */
      link.hidden = !one.run;
      link.href = set.pages + one.run + "/index.html";
      dialog.showModal();
    }, function () { /* without the data file there are no details */ });
  }
  body.addEventListener("click", function (event) { var cell = event.target.closest("td"); if (cell) detail(cell); });

  /* One header and one cell are in the tab order; arrow keys move within the header and within the table. */
  var stop = null;
  function seen(e) { return e.offsetParent !== null; }
  function rove() {
    var buttons = [].slice.call(table.tHead.querySelectorAll("button, a"));
    if (!stop || !seen(stop)) stop = buttons.filter(seen)[0] || buttons[0];
    buttons.forEach(function (b) { b.tabIndex = b === stop ? 0 : -1; });
  }
  table.tHead.addEventListener("focusin", function (event) { stop.tabIndex = -1; stop = event.target; stop.tabIndex = 0; });
  table.tHead.addEventListener("keydown", function (event) {
    var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    var buttons = [].slice.call(table.tHead.querySelectorAll("button, a")).filter(seen), to = buttons[buttons.indexOf(event.target) + step];
    if (to) to.focus();
    event.preventDefault();
  });
  var grid = null;
  function anchor() { if (grid && body.contains(grid)) return; grid = body.querySelector("td"); if (grid) grid.tabIndex = 0; }
  anchor();
  body.addEventListener("focusin", function (event) { if (event.target.tagName === "TD" && event.target !== grid) { grid.tabIndex = -1; grid = event.target; grid.tabIndex = 0; } });
  body.addEventListener("keydown", function (event) {
    var cell = event.target.closest("td, th"), row = cell.parentNode, to = null;
    function seek(from, step) { var c = from; do { c = step(c); } while (c && (c.hidden || getComputedStyle(c).display === "none")); return c; }
    if (event.key === "ArrowRight") to = seek(cell, function (c) { return c.nextElementSibling; });
    else if (event.key === "ArrowLeft") to = seek(cell, function (c) { return c.previousElementSibling; });
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var line = seek(row, function (r) { return event.key === "ArrowDown" ? r.nextElementSibling : r.previousElementSibling; });
      if (line) widen(placed[line.sectionRowIndex]);
      to = line && line.cells[cell.cellIndex];
    } else if (event.key === "Enter" && cell.tagName === "TD") { detail(cell); event.preventDefault(); }
    if (!to) return;
    to = to.querySelector("a") || to;
    if (to.tagName === "TD") to.tabIndex = -1;
    to.focus();
    event.preventDefault();
  });

  /* Earlier boards, by a slider over their links. */
  var slider = document.getElementById("time"), times = [].slice.call(document.querySelectorAll(".past a"));
  if (slider) {
    slider.max = times.length - 1;
    slider.value = times.findIndex(function (a) { return a.hasAttribute("aria-current"); });
    slider.setAttribute("aria-valuetext", times[slider.value].textContent);
    slider.addEventListener("input", function () { slider.setAttribute("aria-valuetext", times[slider.value].textContent); });
    slider.addEventListener("change", function () { location.href = times[slider.value].href + location.hash; });
  }

  window.addEventListener("hashchange", function () { state = M.state(); first = true; toForm(); show(); });
  fill();
  toForm();
  show();
})();
