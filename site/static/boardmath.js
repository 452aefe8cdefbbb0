/* Ranks in the browser, for benchmarks and weights that a reader chooses: Holm over paired tests, as in the library. */
(function () {
  "use strict";
  var M = window.mmeval, DIGIT = {};
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_".split("").forEach(function (c, i) { DIGIT[c] = i; });
  M.bit = function (hex, i) { return (parseInt(hex[hex.length - 1 - (i >> 2)] || "0", 16) >> (i & 3)) & 1; };
  /* Best rank, worst rank and tier of n models; better(i, j) says that i is better than j. */
  M.rankRanges = function (means, better) {
    var n = means.length, leader = -1, tier = 0;
    var found = means.map(function (_, i) {
      var above = 0, under = 0;
      for (var j = 0; j < n; j++) { if (better(j, i)) above++; if (better(i, j)) under++; }
      return { best: 1 + above, worst: n - under };
    });
    means.map(function (_, i) { return i; }).sort(function (a, b) { return means[b] - means[a]; }).forEach(function (i) {
      if (leader < 0 || better(leader, i)) { leader = i; tier++; }
      found[i].tier = tier;
    });
    return found;
  };
  /* Which models are better than which, over weighted benchmarks. A file has the errors of all pairs on one benchmark. */
  M.holm = function (names, means, files, weights) {
    var n = names.length, pairs = [], better = new Uint8Array(n * n), variance = new Float64Array(n * n), few = new Float64Array(n * n);
    var total = weights.reduce(function (s, w) { return s + w; }, 0);
    files.forEach(function (file, f) {
      var index = {}, size = file.models.length;
      file.models.forEach(function (m, i) { index[m] = i; });
      var ids = names.map(function (name) { return index[name]; });
      for (var a = 0; a < n; a++) for (var b = a + 1; b < n; b++) {
        var i = Math.min(ids[a], ids[b]), j = Math.max(ids[a], ids[b]), k = 2 * (i * size - i * (i + 1) / 2 + j - i - 1);
        var se = (64 * DIGIT[file.errors[k]] + DIGIT[file.errors[k + 1]]) * file.unit * weights[f];
        variance[a * n + b] += se * se;
        if (file.df) few[a * n + b] += se * se * se * se / file.df;
      }
    });
    /* Errors from few pseudo-values need Student's t, with Welch's and Satterthwaite's degrees of freedom. */
    function p(z, v, w) { return w > 0 ? M.pt(z, v * v / w) : M.p(z); }
    for (var a = 0; a < n; a++) for (var b = a + 1; b < n; b++) {
      var v = variance[a * n + b], se = Math.sqrt(v) / total, gap = means[a] - means[b];
      pairs.push({ a: a, b: b, gap: gap, p: se > 0 ? p(gap / se, v, few[a * n + b]) : se === 0 && gap ? 0 : 1 });   /* p is 1 without a gap, and where the error is unknown */
    }
    pairs.sort(function (x, y) { return x.p - y.p; });
    for (var k = 0; k < pairs.length && pairs[k].p * (pairs.length - k) <= 0.05; k++) {
      var one = pairs[k];
      better[one.gap > 0 ? one.a * n + one.b : one.b * n + one.a] = 1;
    }
    return function (i, j) { return better[i * n + j]; };
  };
})();
