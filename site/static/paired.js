/* The paired difference of two models with its 95% interval and test: the same numbers as `mmeval diff`, ported from
   mmeval/stats/paired.py, where the formulas have their sources. A test compares the two. */
(function () {
  "use strict";
  var M = window.mmeval, Z = 1.959963984540054, CONTINUITY = 0.25, LARGE = 2000, MOST = 2e7;

  function total(list) { return list.reduce(function (s, v) { return s + v; }, 0); }
  function squares(list) { return list.reduce(function (s, v) { return s + v * v; }, 0); }

  /* Tango's score statistic for a true difference of delta. */
  function tangoZ(gains, losses, n, delta) {
    var b = (2 * n - gains + losses) * delta - gains - losses, c = -losses * delta * (1 - delta);
    var q = (Math.sqrt(Math.max(b * b - 8 * n * c, 0)) - b) / (4 * n);
    var variance = n * (2 * q + delta * (1 - delta)), distance = gains - losses - n * delta;
    distance = Math.sign(distance) * Math.max(Math.abs(distance) - CONTINUITY, 0);
    if (variance <= 1e-12 * n) return distance ? Math.sign(distance) * Infinity : 0;
    return distance / Math.sqrt(variance);
  }
  function edge(reject, inside, outside) {
    if (!reject(outside)) return outside;
    while (Math.abs(outside - inside) > 1e-9) {
      var middle = (inside + outside) / 2;
      if (reject(middle)) outside = middle; else inside = middle;
    }
    return inside;
  }

  /* Differences summed over clusters, with the CR2 variance of their mean and its degrees of freedom. */
  function unite(values, clusters) {
    var place = new Map(), sums = [], sizes = [], n = values.length, mean = total(values) / n;
    values.forEach(function (value, i) {
      if (!place.has(clusters[i])) { place.set(clusters[i], sums.length); sums.push(0); sizes.push(0); }
      sums[place.get(clusters[i])] += value; sizes[place.get(clusters[i])]++;
    });
    var few = sums.length < 2, variance = 0, shares = sizes.map(function (s) { return s / n; });
    var pulls = few ? [] : shares.map(function (s) { return s * s / (1 - s); });
    if (!few) sums.forEach(function (s, i) { var r = (s - sizes[i] * mean) / n; variance += r * r / (1 - shares[i]); });
    var apart = Math.max(0, Math.pow(total(pulls), 2) - squares(pulls));
    return { sums: sums, sizes: sizes, mean: mean, variance: variance, freedom: few ? 1 : Math.max(1, 1 / (squares(shares) + apart)) };
  }
  /* Number of pairs that count as one independent flip. */
  function weight(values, units) {
    var n = values.length, whole = values.every(function (v) { return Math.abs(v) % 1 === 0; });
    if (units.sums.length === n && whole) return 1;
    var worst = squares(units.sizes) / n, moved = total(values.map(Math.abs));
    return (units.variance * n * n + worst * worst) / (moved + worst);
  }

  /* Chance that these sizes with random signs add up to at most `sum`. */
  function counted(sizes, sum) {
    var chance = new Float64Array([1]), all = 0;
    sizes.forEach(function (size) {
      var longer = new Float64Array(chance.length + 2 * size);
      chance.forEach(function (c, i) { longer[i] += c / 2; longer[i + 2 * size] += c / 2; });
      chance = longer; all += size;
    });
    return Math.min(1, total(Array.prototype.slice.call(chance, 0, sum + all + 1)));
  }
  /* Two-sided p of "the sums are symmetric about 0", by flipping their signs: exact, or normal where that takes long. */
  function flipped(sums) {
    var sum = total(sums), sizes = sums.map(Math.abs).filter(function (s) { return s > 0; }), down = -Math.abs(sum);
    if (!sizes.length) return 1;
    if (sizes.every(function (s) { return s === sizes[0]; })) {
      return M.mcnemar(sums.filter(function (s) { return s > 0; }).length, sums.filter(function (s) { return s < 0; }).length);
    }
    var unit = sizes.every(function (s) { return s % 1 === 0; }) ? 1 : 60;   /* the page has scores in sixtieths */
    var steps = sizes.map(function (s) { return Math.round(unit * s); });
    if (steps.length <= LARGE && steps.length * total(steps) < MOST) return Math.min(1, 2 * counted(steps, Math.round(unit * down)));
    return M.p(sum / Math.sqrt(squares(sizes)));
  }

  M.difference = function (values, clusters) {
    var n = values.length, units = unite(values, clusters), w = weight(values, units);
    var up = total(values.filter(function (v) { return v > 0; })) / w, down = -total(values.filter(function (v) { return v < 0; })) / w;
    var crit = w === 1 ? Z : M.tq(0.05, units.freedom);
    function reject(delta) { return Math.abs(tangoZ(up, down, n / w, delta)) > crit; }
    return {
      n: n, value: units.mean, low: edge(reject, units.mean, -1), high: edge(reject, units.mean, 1), se: Math.sqrt(units.variance),
      freedom: units.freedom, p: flipped(units.sums),
      gains: values.filter(function (v) { return v > 0; }).length, losses: values.filter(function (v) { return v < 0; }).length
    };
  };
  /* Mean of independent differences. Its limits are as far away as those of the parts together (Zou and Donner 2008). */
  M.overall = function (found) {
    function together(of) { return Math.sqrt(found.reduce(function (s, d) { return s + of(d); }, 0)) / found.length; }
    var mean = found.reduce(function (s, d) { return s + d.value; }, 0) / found.length;
    var se = together(function (d) { return d.se * d.se; });
    var few = found.reduce(function (s, d) { return s + Math.pow(d.se / found.length, 4) / d.freedom; }, 0);
    var below = together(function (d) { return Math.pow(d.value - d.low, 2); }), beyond = together(function (d) { return Math.pow(d.high - d.value, 2); });
    /* Where the models differ equally everywhere, no error can be estimated: the limit towards 0 tells how sure the sign is. */
    var apart = mean ? M.p(1.96 * mean / (mean > 0 ? below : beyond)) : 1;
    return { value: mean, p: se > 0 ? M.pt(mean / se, Math.pow(se, 4) / few) : apart, n: found.length, low: mean - below, high: mean + beyond };
  };
})();
