'use strict';
/* What report.html and the live page draw alike: lines with bands over uPlot, in the colours of
   page.css. Memory is in MiB here, x in cycles or seconds. */
const chart = (() => {
  const DASHES = [[], [9, 4], [2, 3], [10, 3, 2, 3], [5, 2]]; // as in svg.c
  const COLOURS = 7;
  const NAMES = ['ink', 'quiet-ink', 'faint', 'phase', 'c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6',
    'l0', 'l1', 'l2', 'l3', 'l4'];
  let palette = {};

  /* Reads the colours of the theme shown now, all at once: asking between changes of the page
     would lay it out again each time. */
  function readTheme() {
    const probes = NAMES.map((name) => {
      const probe = document.createElement('i');
      probe.style.color = `var(--${name})`;
      return probe;
    });
    const box = document.createElement('div');
    box.hidden = true;
    box.append(...probes);
    document.body.append(box);
    palette = Object.fromEntries(NAMES.map((name, i) => [name, getComputedStyle(probes[i]).color]));
    box.remove();
  }

  const colour = (name) => palette[name];

  const rowColour = (index) => colour(`c${index % COLOURS}`);
  const translucent = (rgb, alpha) => rgb.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`);

  /* Three significant digits, as in number.h. */
  function number(value) {
    if (value == null) return 'n/a';
    const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
    return value.toFixed(digits);
  }

  /* The value that held at each x of the grid, and least and greatest since the x before. null
     before the first point and, where `end` is given, after it. */
  function resample(xs, ys, grid, end = Infinity) {
    const held = new Array(grid.length).fill(null);
    const least = held.slice();
    const greatest = held.slice();
    let next = 0;
    let value = null;
    for (let i = 0; i < grid.length; i++) {
      let lo = value;
      let hi = value;
      for (; next < xs.length && xs[next] <= grid[i] + 1e-9; next++) {
        value = ys[next];
        if (lo === null || value < lo) lo = value;
        if (hi === null || value > hi) hi = value;
      }
      if (value === null || grid[i] > end) continue;
      held[i] = value;
      least[i] = lo;
      greatest[i] = hi;
    }
    return { held, least, greatest };
  }

  function median(values) {
    if (values.length === 0) return null;
    values.sort((a, b) => a - b);
    const middle = values.length >> 1;
    return values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  /* Several curves on one grid: median, least and greatest of them. */
  function combine(curves, length) {
    const middle = new Array(length).fill(null);
    const least = middle.slice();
    const greatest = middle.slice();
    for (let i = 0; i < length; i++) {
      const values = [];
      for (const curve of curves) {
        if (curve.held[i] === null) continue;
        values.push(curve.held[i]);
        if (least[i] === null || curve.least[i] < least[i]) least[i] = curve.least[i];
        if (greatest[i] === null || curve.greatest[i] > greatest[i]) greatest[i] = curve.greatest[i];
      }
      middle[i] = median(values);
    }
    return { middle, least, greatest };
  }

  function grid(end, points) {
    return Array.from({ length: points }, (_, i) => (end * i) / (points - 1));
  }

  /* Regions [{from, to, name}] shaded behind the curves, with their names above. */
  function shade(regions) {
    return (u) => {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
      ctx.textAlign = 'center';
      for (const region of regions) {
        const from = Math.max(u.valToPos(region.from, 'x', true), bbox.left);
        const to = Math.min(u.valToPos(region.to, 'x', true), bbox.left + bbox.width);
        if (to <= from) continue;
        ctx.fillStyle = region.colour ?? 'transparent';
        ctx.fillRect(from, bbox.top, to - from, bbox.height);
        ctx.strokeStyle = colour('faint');
        ctx.strokeRect(from, bbox.top, to - from, bbox.height);
        if (ctx.measureText(region.name).width > to - from) continue;
        ctx.fillStyle = colour('quiet-ink');
        ctx.fillText(region.name, (from + to) / 2, bbox.top - 6 * devicePixelRatio);
      }
      ctx.restore();
    };
  }

  const POWERS = Array.from({ length: 40 }, (_, i) => 2 ** (i - 10));

  /* A uPlot in `host`, which hides the picture that is there (page.css). options: data, series, bands, regions,
     width, height, xLabel, xLast (no ticks beyond), label (for screen readers), onCursor(index, u). */
  function draw(host, options) {
    const ink = colour('quiet-ink');
    const faint = colour('faint');
    const axis = { stroke: ink, grid: { stroke: faint, width: 1 }, ticks: { stroke: faint } };
    axis.font = '12px system-ui, sans-serif';
    axis.labelFont = axis.font;
    const upTo = (_, splits) => splits.map((x) => (x > (options.xLast ?? Infinity) ? null : x));
    const u = new uPlot({
      width: options.width,
      height: options.height,
      padding: [22, 8, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: true, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false, range: (_, min, max) => [min, max > min ? max : min + 1] },
        y: { range: (_, min, max) => [0, (max > 0 ? max : 1) * 1.04] },
      },
      axes: [
        {
          ...axis,
          label: options.xLabel,
          labelSize: 18,
          size: 30,
          filter: upTo,
          grid: { ...axis.grid, filter: upTo },
          ticks: { ...axis.ticks, filter: upTo },
          values: (_, splits) => splits.map((x) => (x === null ? null : `${+x.toFixed(3)}`)),
        },
        {
          ...axis,
          size: 74,
          incrs: POWERS,
          values: (_, splits) => splits.map((y) => `${+y.toFixed(3)} MiB`),
        },
      ],
      series: [{}, ...options.series],
      bands: options.bands,
      hooks: {
        drawClear: [shade(options.regions ?? [])],
        setScale: [(self, key) => {
          const { min, max } = self.scales.x;
          if (key === 'x') self.root.dataset.range = `${min.toFixed(1)} to ${max.toFixed(1)}`;
        }],
        setCursor: [(self) => options.onCursor?.(self.cursor.idx, self)],
      },
    }, options.data, (self, init) => {
      host.append(self.root);
      init();
    });
    const canvas = u.root.querySelector('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', options.label);
    return u;
  }

  /* Arrow keys read values, + and - zoom about the cursor, 0 shows everything. */
  function keys(host, current, say) {
    host.tabIndex = 0;
    host.setAttribute('role', 'group');
    host.addEventListener('keydown', (event) => {
      const u = current();
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
      const zoom = { '+': 0.5, '=': 0.5, '-': 2 }[event.key];
      const xs = u?.data[0];
      if (!xs || (!step && !zoom && event.key !== '0')) return;
      event.preventDefault();
      const { min, max } = u.scales.x;
      const index = u.cursor.idx ?? u.valToIdx((min + max) / 2);
      if (event.key === '0') {
        u.setScale('x', { min: xs[0], max: xs[xs.length - 1] });
      } else if (zoom) {
        const half = Math.min((max - min) * zoom, xs[xs.length - 1] - xs[0]) / 2;
        const low = Math.max(xs[0], Math.min(xs[index] - half, xs[xs.length - 1] - 2 * half));
        u.setScale('x', { min: low, max: low + 2 * half });
      } else {
        const to = Math.max(0, Math.min(xs.length - 1, index + step));
        u.setCursor({ left: u.valToPos(xs[to], 'x'), top: u.over.clientHeight / 2 });
        say?.();
      }
    });
  }

  /* What a chart may take of the page. */
  const widthOf = (host) => Math.max(host.clientWidth, 200);

  return {
    DASHES, readTheme, widthOf, colour, rowColour, translucent, number, resample, combine, median, grid,
    draw, keys,
  };
})();
