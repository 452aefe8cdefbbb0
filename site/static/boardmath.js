/* Ranks in the browser, for benchmarks and weights that a reader chooses, as in the library. */
(function () {
  "use strict";
  var M = window.mmeval, DIGIT = {};
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_".split("").forEach(function (c, i) { DIGIT[c] = i; });
  M.bit = function (hex, i) { return (parseInt(hex[hex.length - 1 - (i >> 2)] || "0", 16) >> (i & 3)) & 1; };
  /* Best rank, worst rank and tier of n models; better(i, j) says that i is better than j. */
  M.rankRanges = function (means, better) {
    var n = means.length;
    var found = means.map(function (_, i) {
      var above = 0, under = 0;
      for (var j = 0; j < n; j++) { if (better(j, i)) above++; if (better(i, j)) under++; }
      return { best: 1 + above, worst: n - under };
    });
    return tiers(found, means, better);
  };
  function tiers(found, means, better) {
    var leader = -1, tier = 0;
    means.map(function (_, i) { return i; }).sort(function (a, b) { return means[b] - means[a]; }).forEach(function (i) {
      if (leader < 0 || better(leader, i)) { leader = i; tier++; }
      found[i].tier = tier;
    });
    return found;
  }
  /* The same where better is whose interval lies above, without a look at every pair. */
  M.rankApart = function (means, halves) {
    var n = means.length, low = means.map(function (m, i) { return m - halves[i]; }), high = means.map(function (m, i) { return m + halves[i]; });
    var lows = Float64Array.from(low).sort(), highs = Float64Array.from(high).sort();
    function until(sorted, x, with_it) {   /* how many are smaller than x, or at most x */
      var from = 0, to = n;
      while (from < to) { var mid = (from + to) >> 1; if (sorted[mid] < x || with_it && sorted[mid] === x) from = mid + 1; else to = mid; }
      return from;
    }
    var found = means.map(function (_, i) { return { best: 1 + n - until(lows, high[i], true), worst: n - until(highs, low[i], false) }; });
    return tiers(found, means, function (i, j) { return low[i] > high[j]; });
  };
  /* The covariances of the models' scores on one benchmark, from the errors of the scores and of all their differences. */
  function covariances(file) {
    function number(text, k) { return 64 * DIGIT[text[2 * k]] + DIGIT[text[2 * k + 1]]; }
    var n = file.models.length, all = new Float64Array(n * n), index = {}, k = 0;
    for (var a = 0; a < n; a++) { index[file.models[a]] = a; all[a * n + a] = Math.pow(number(file.own, a) * file.units[1], 2); }
    for (a = 0; a < n; a++) for (var b = a + 1; b < n; b++) {
      var gap = number(file.errors, k++) * file.units[0];
      all[a * n + b] = all[b * n + a] = (all[a * n + a] + all[b * n + b] - gap * gap) / 2;
    }
    return { n: n, all: all, index: index };
  }
  function dot(x, y) { var sum = 0; for (var i = 0; i < x.length; i++) sum += x[i] * y[i]; return sum; }

  /* How the score of a model that lacks benchmarks moves with those of all models: see _covariances in stats/additive.py. */
  function moving(m, data, weights) {
    var of = data.of, count = weights.length, shares = of.weights.map(function (row) { var total = row.reduce(plus, 0); return row.map(function (w) { return w / total; }); });
    var pulls = of.pulls[m].map(function (pull, b) { return pull * weights[b]; }), sum = pulls.reduce(plus, 0), p = [];
    for (var b = 0; b < count; b++) p.push(dot(pulls.map(function (pull, c) { return pull - sum * shares[m][c]; }), of.inverse.map(function (row) { return row[b]; })));
    return { m: m, p: p, r: shares.map(function (row) { return dot(p, row); }), each: sum / of.weights[m].reduce(plus, 0),
      left: pulls.reduce(function (s, pull, c) { return s + pull * pull * of.tau[c]; }, 0) };
  }
  function plus(s, x) { return s + x; }

  /* Scores, half intervals and who is better than whom, by weights of the benchmarks: rank_partial of stats/ranking.py with
     Holm's method. `data` has the values and what predictions are made from, `files` the errors of each benchmark. */
  M.weigh = function (names, data, files, weights) {
    var n = names.length, total = weights.reduce(plus, 0), w = weights.map(function (one) { return one / total; }), place = {};
    data.models.forEach(function (name, i) { place[name] = i; });
    var means = names.map(function (name) { return w.reduce(function (s, one, b) { return one ? s + one * data.values[name][b] : s; }, 0); });
    var lacking = names.map(function (name) {
      var m = place[name];
      return data.of && m !== undefined && w.some(function (one, b) { return one && !data.of.weights[m][b]; }) ? moving(m, data, w) : null;
    });
    var any = lacking.some(Boolean), sum = new Float64Array(n * n), left = new Float64Array(n * n), few = new Float64Array(n), spread = 0, tiny = 0;
    function add(part, df) {
      var trace = 0, whole = 0;
      for (var a = 0; a < n; a++) { trace += part[a * n + a]; few[a] += Math.pow(part[a * n + a], 2) / df; }
      for (a = 0; a < n * n; a++) { sum[a] += part[a]; whole += part[a]; }
      var mean = 2 * (trace / n - whole / (n * n));
      spread += mean; tiny += mean * mean / df;
    }
    files.forEach(function (file, b) {
      if (file && (w[b] || any)) add(measured(names, data, file, b, w, lacking, place, left), file.df);
    });
    if (any) {
      for (var a = 0; a < n; a++) if (lacking[a]) left[a * n + a] += lacking[a].left * 1e4;
      add(left, data.of.freedom);
    }
    var halves = names.map(function (_, i) { return half(sum[i * n + i], few[i]); });
    return { means: means, halves: halves, better: holm(means, sum, tiny ? spread * spread / tiny : 1e6) };
  };
  /* Half intervals of weighted means from the errors of each benchmark, each of which misses with chance p; null for a
     model that lacks a benchmark with a weight. */
  M.spread = function (models, own, weights, p) {
    var total = weights.reduce(plus, 0);
    return models.map(function (_, m) {
      var v = 0, few = 0;
      for (var b = 0; b < own.length; b++) {
        var code = own[b][0].substr(2 * m, 2);
        if (!weights[b]) continue;
        if (!(code[0] in DIGIT)) return null;
        var part = Math.pow(weights[b] / total * (64 * DIGIT[code[0]] + DIGIT[code[1]]) * own[b][1], 2);
        v += part; few += part * part / own[b][2];
      }
      return half(v, few, p);
    });
  };
  var quantiles = {};   /* for 1,000 models, they would be most of the work */
  function half(v, few, p) {
    var df = few ? Math.floor(Math.min(1e6, v * v / few) * 100) / 100 : 1e6, key = p + " " + df;
    quantiles[key] = quantiles[key] || M.tq(p || 0.05, df);
    return quantiles[key] * Math.sqrt(v);
  }
  /* The part of the covariances of the scores that comes from the samples of one benchmark. */
  function measured(names, data, file, b, w, lacking, place, left) {
    var n = names.length, of = data.of, c = covariances(file), part = new Float64Array(n * n);
    var ids = names.map(function (name) { return c.index[name]; }), fits = file.models.map(function (name) { return place[name]; });
    var bare = lacking.map(function (one) {
      return one && Float64Array.from(fits, function (f) { return f === undefined ? 0 : of.weights[f][b] * (one.p[b] - one.r[f] + (f === one.m ? one.each : 0)); });
    });
    var rows = bare.map(function (row, m) {
      return row && row.map(function (x, k) { return fits[k] === undefined ? 0 : x * of.slopes[fits[k]][b] + (k === ids[m] ? w[b] : 0); });
    });
    var through = rows.map(function (row) {
      if (!row) return null;
      var out = new Float64Array(c.n);
      row.forEach(function (x, k) { if (x) for (var l = 0; l < c.n; l++) out[l] += x * c.all[k * c.n + l]; });
      return out;
    });
    for (var a = 0; a < n; a++) for (var d = a; d < n; d++) {
      var v;
      if (!w[b] && !(rows[a] && rows[d])) v = 0;
      else if (rows[a]) v = rows[d] ? dot(through[a], rows[d]) : w[b] * through[a][ids[d]];
      else v = rows[d] ? w[b] * through[d][ids[a]] : w[b] * w[b] * c.all[ids[a] * c.n + ids[d]];
      part[a * n + d] = part[d * n + a] = v;
      if (bare[a] && bare[d]) { v = of.tau[b] * dot(bare[a], bare[d]) * 1e4; left[a * n + d] += v; if (a !== d) left[d * n + a] += v; }
    }
    return part;
  }
  function holm(means, all, freedom) {
    var n = means.length, pairs = [], better = new Uint8Array(n * n);
    for (var a = 0; a < n; a++) for (var b = a + 1; b < n; b++) {
      var gap = means[a] - means[b], both = all[a * n + a] + all[b * n + b], v = both - 2 * all[a * n + b];
      if (Math.abs(gap) < 1e-10) gap = 0;
      if (!(v > 1e-12 * both)) v = gap * gap / (freedom + 1);   /* the models differ equally everywhere */
      pairs.push({ a: a, b: b, gap: gap, p: v > 0 ? M.pt(gap / Math.sqrt(v), freedom) : 1 });
    }
    pairs.sort(function (x, y) { return x.p - y.p; });
    for (var k = 0; k < pairs.length && pairs[k].p * (pairs.length - k) <= 0.05; k++) {
      var one = pairs[k];
      better[one.gap > 0 ? one.a * n + one.b : one.b * n + one.a] = 1;
    }
    return function (i, j) { return better[i * n + j]; };
  }
})();
