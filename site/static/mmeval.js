/* Shared by the scripts of all pages: data files, state in the address, downloads, and some statistics. */
window.mmeval = (function () {
  "use strict";
  /* A button beside every command and entry that a reader may want to copy. */
  document.querySelectorAll(".copy").forEach(function (box) {
    var button = document.createElement("button"), text = box.dataset.copy;
    button.type = "button"; button.textContent = text;
    button.addEventListener("click", function () {
      var said = function () { button.textContent = box.dataset.copied; setTimeout(function () { button.textContent = text; }, 1500); };
      var select = function () { getSelection().selectAllChildren(box.querySelector("pre")); if (document.execCommand("copy")) said(); };
      if (navigator.clipboard) navigator.clipboard.writeText(box.querySelector("pre").textContent).then(said, select); else select();
    });
    box.append(button);
  });
  var waiting = {}, store = {};
  function lgamma(x) {
    var c = [76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2, -0.5395239384953e-5];
    var y = x, t = x + 5.5, s = 1.000000000190015;
    t -= (x + 0.5) * Math.log(t);
    c.forEach(function (k) { s += k / ++y; });
    return -t + Math.log(2.5066282746310005 * s / x);
  }
  function beta(x, a, b) {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    var front = Math.exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * Math.log(x) + b * Math.log(1 - x));
    return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
  }
  function fraction(x, a, b) {
    var tiny = 1e-30, c = 1, d = 1 / (1 - (a + b) * x / (a + 1) || tiny), h = d;
    for (var m = 1; m < 300; m++) {
      var k = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / (1 + k * d || tiny); c = 1 + k / c || tiny; h *= d * c;
      k = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / (1 + k * d || tiny); c = 1 + k / c || tiny; h *= d * c;
      if (Math.abs(d * c - 1) < 1e-12) break;
    }
    return h;
  }
  return {
    put: function (name, value) { store[name] = value; (waiting[name] || []).forEach(function (go) { go(value); }); delete waiting[name]; },
    /* Data files are scripts, because a page that is opened from disk may not fetch. */
    get: function (root, name) {
      return new Promise(function (go, fail) {
        if (store[name]) { go(store[name]); return; }
        if (waiting[name]) { waiting[name].push(go); return; }
        waiting[name] = [go];
        var script = document.createElement("script");
        script.src = root + "data/" + name.split("/").map(encodeURIComponent).join("/") + ".js";
        script.onerror = function () { delete waiting[name]; fail(new Error(name)); };
        document.head.append(script);
      });
    },
    state: function () {
      var out = {};
      location.hash.slice(1).split("&").forEach(function (pair) {
        var at = pair.indexOf("=");
        if (at > 0) { try { out[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1)); } catch (e) { /* ignore a broken escape */ } }
      });
      return out;
    },
    save: function (state) {
      var hash = Object.keys(state).filter(function (k) { return state[k] !== "" && state[k] != null; })
        .map(function (k) { return k + "=" + encodeURIComponent(state[k]).replace(/%2C/g, ",").replace(/%2F/g, "/"); }).join("&");
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    },
    /* Whether a number lies in a range such as `4-10` or `40-`; `?` is for unknown numbers, no range for all. */
    inRange: function (range, v) {
      if (!range) return true;
      if (range === "?") return v === null;
      var edge = range.split("-");
      return v !== null && v >= +edge[0] && (edge[1] === "" || v < +edge[1]);
    },
    /* A whole number with its thousands separated, as the pages write it; anything else as it is. */
    grouped: function (n) { return Number.isInteger(n) ? String(n).replace(/\B(?=(\d{3})+$)/g, ",") : n; },
    download: function (name, type, text) {
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: type }));
      link.download = name;
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
    },
    el: function (tag, text, attributes) {
      var made = document.createElement(tag);
      if (text != null) made.textContent = text;
      Object.keys(attributes || {}).forEach(function (k) { made.setAttribute(k, attributes[k]); });
      return made;
    },
    /* A message with its values; of `one|many` the first half if n is 1. */
    say: function (words, key, values) {
      var grouped = this.grouped, parts = (words[key] || "").split("|"), text = parts.length > 1 && String(values.n) !== "1" ? parts[1] : parts[0];
      return text.replace(/\{(\w+)\}/g, function (all, name) { return name in values ? grouped(values[name]) : all; });
    },
    /* An image, sound or film that a model made. A click on an image opens the whole file. */
    made: function (one, words, root) {
      var el = this.el, box = el("figure", null, { "class": "made" }), said = one.seed == null ? "" : this.say(words, "made.seed", { seed: String(one.seed) });
      var picture = one.thumb ? el("img", null, { src: root + one.thumb, alt: words[one.kind === "audio" ? "media.wave" : "made.image"], loading: "lazy", width: one.width, height: one.height }) : null;
      if (one.kind === "image" && picture) {
        if (!one.file) box.append(picture);
        else { var whole = el("a", null, { href: root + one.file }); whole.append(picture); box.append(whole); }
      } else if (one.file) {
        /* Without a poster, the film's first frame stands there. */
        var tool = el(one.kind, null, { controls: "", preload: one.thumb ? "none" : "metadata", src: root + one.file });
        if (one.kind === "video") { if (one.width) { tool.width = one.width; tool.height = one.height; } if (one.thumb) tool.poster = root + one.thumb; }
        else if (picture) box.append(picture);
        box.append(tool);
      }
      if (!one.thumb && !one.file) said = words["made.absent"];
      if (said) box.append(el("figcaption", said));
      return box;
    },
    /* Two-sided p of Student's t with df degrees of freedom: the regularised incomplete beta function by its
       continued fraction (Numerical Recipes 6.4). */
    pt: function (t, df) { return beta(df / (df + t * t), df / 2, 0.5); },
    /* The t with this two-sided p, by bisection. */
    tq: function (p, df) {
      var low = 0, high = 1000;
      for (var i = 0; i < 80; i++) { var mid = (low + high) / 2; if (this.pt(mid, df) > p) low = mid; else high = mid; }
      return high;
    },
    /* Exact two-sided McNemar test: gains and losses under a fair coin. */
    mcnemar: function (gains, losses) {
      var n = gains + losses, few = Math.min(gains, losses), sum = 0;
      for (var k = 0; k <= few; k++) sum += Math.exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * Math.LN2);
      return n ? Math.min(1, 2 * sum) : 1;
    },
    /* Two-sided p of a normal deviate; Abramowitz and Stegun 7.1.26, absolute error below 2e-7. */
    p: function (z) {
      var x = Math.abs(z) / Math.SQRT2, t = 1 / (1 + 0.3275911 * x);
      return ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
    }
  };
})();
