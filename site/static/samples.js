/* The samples of a run: a strip with one mark per sample, filters by outcome, the keys j and k, and state in the address.
   Without this file the pages can be read from top to bottom. */
(function () {
  "use strict";
  var PER_PAGE = 50, MARKS = 3000, M = window.mmeval, strip = document.getElementById("strip");
  if (!strip) return;
  /* The outcomes of all samples are in the model's data file, so that thousands of pages need not repeat them. */
  M.get(strip.dataset.root, "m/" + strip.dataset.model).then(function (model) { start(model.cells[strip.dataset.benchmark].outcomes); }, function () { /* the samples can be read without the strip */ });

  function start(outcomes) {
    var here = +strip.dataset.page || 0, names = {}, total = outcomes.length, filter = "";
    strip.dataset.names.split(";").forEach(function (pair) { var at = pair.indexOf("="); if (at > 0) names[pair.slice(0, at)] = pair.slice(at + 1); });
    function hash() {
      var found = /^#(?:s(\d+))?(?:&?f=([a-z]*))?/.exec(location.hash) || [];
      return { number: +found[1] || 0, filter: found[2] in names ? found[2] : "" };
    }
    function suffix() { return filter ? "&f=" + filter : ""; }
    function address(number) { return (Math.floor((number - 1) / PER_PAGE) + 1) + ".html#s" + number + suffix(); }
    function fits(i) { return !filter || filter.indexOf(outcomes[i]) >= 0; }

    /* Filters */
    var bar = document.createElement("div"), buttons = [];
    bar.className = "filters"; bar.setAttribute("role", "group");
    function button(code, text, n) {
      var made = document.createElement("button");
      made.type = "button"; made.dataset.f = code;
      if (code) { var mark = document.createElement("span"); mark.className = "o " + code; made.append(mark, " "); }
      made.append(text + " " + n);
      made.addEventListener("click", function () {
        filter = code;
        var now = current();
        history.replaceState(null, "", "#" + (now ? "s" + now : "") + (code ? (now ? "&" : "") + "f=" + code : ""));
        show();
      });
      buttons.push(made); bar.append(made);
    }
    button("", strip.dataset.all, total);
    Object.keys(names).forEach(function (code) { button(code, names[code], outcomes.split(code).length - 1); });

    /* One mark per sample. Marks are links, so that the keyboard, middle click and screen readers work. */
    var marks = document.createElement("div");
    marks.className = "marks";
    var links = [], from = Math.max(0, Math.min(total, ((here || 1) - 1) * PER_PAGE + MARKS / 2) - MARKS), to = Math.min(total, from + MARKS);
    for (var i = from; i < to; i++) {
      var a = document.createElement("a");
      a.className = "o " + outcomes[i];
      a.tabIndex = -1;
      a.setAttribute("aria-label", strip.dataset.label + " " + (i + 1) + ": " + (names[outcomes[i]] || ""));
      a.title = (i + 1) + " " + (names[outcomes[i]] || "");
      links.push(a); marks.append(a);
    }
    var help = document.createElement("p");
    help.className = "key";
    help.textContent = strip.dataset.help || "";
    strip.append(bar, marks, help);
    strip.hidden = false;

    var articles = [].slice.call(document.querySelectorAll("article.sample"));
    function current() { return hash().number || (articles.length ? +articles[0].id.slice(1) : 0); }
    function show() {
      buttons.forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.f === filter)); });
      links.forEach(function (a, k) { var i = from + k; a.href = address(i + 1); a.classList.toggle("dim", !fits(i)); a.classList.toggle("here", i + 1 === hash().number); });
      articles.forEach(function (one) { one.hidden = !fits(+one.id.slice(1) - 1); });
      [].forEach.call(document.querySelectorAll(".pager a[rel]"), function (a) { a.href = a.href.replace(/#.*$/, "") + (filter ? "#f=" + filter : ""); });
    }
    function go(step) {
      var number = hash().number, i = number ? number - 1 + step : (here ? (here - 1) * PER_PAGE : 0);
      while (i >= 0 && i < total && !fits(i)) i += step;
      if (i < 0 || i >= total) return;
      var page = Math.floor(i / PER_PAGE) + 1;
      if (page !== here) { location.href = address(i + 1); return; }
      history.replaceState(null, "", "#s" + (i + 1) + suffix());
      show(); reveal(i + 1);
    }
    function reveal(number) {
      var one = document.getElementById("s" + number);
      articles.forEach(function (a) { a.classList.toggle("current", a === one); });
      if (!one) return;
      one.hidden = false;
      one.scrollIntoView({ block: "start" });
      one.querySelector("h2 a").focus({ preventScroll: true });
    }
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
      if (event.key === "j") go(1); else if (event.key === "k") go(-1);
    });
    /* Only one mark is in the tab order; arrow keys move within the strip. */
    var stop = links[hash().number - 1 - from] || links[0];
    if (stop) stop.tabIndex = 0;
    marks.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], to = step && links[links.indexOf(event.target) + step];
      if (to) { event.target.tabIndex = -1; to.tabIndex = 0; to.focus(); event.preventDefault(); }
    });
    function read() { filter = hash().filter; show(); if (hash().number) reveal(hash().number); }
    window.addEventListener("hashchange", read);
    read();
  }
})();
