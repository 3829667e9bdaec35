/* report.html: charts in the place of the static pictures. */
(() => {
  const began = performance.now();
  const { workloads } = JSON.parse(document.getElementById('data').textContent);
  const AFTER = 0.1; // as in curves.h
  const GRID = 1000;
  const LAYERS = ['live', 'kept', 'not told apart', 'outside', 'LazyFree'];
  const root = document.documentElement;

  function sums(list, scale = 1) {
    const values = new Float64Array(list.length);
    for (let i = 0, sum = 0; i < list.length; i++) values[i] = (sum += list[i]) * scale;
    return values;
  }

  /* Position on the axis of cycles: beyond the last one, time. */
  function place(cycle, ms, ends, cycles) {
    if (ms <= ends[1]) return cycle;
    const after = (from, to) => Math.min(Math.max((ms - from) / (to - from || 1), 0), 1);
    return cycles * (1 + AFTER * (after(ends[1], ends[2]) + after(ends[2], ends[3])));
  }

  function decode(trial, cycles) {
    const at = sums(trial.cycle);
    const seconds = sums(trial.ms, 1 / 1000);
    const anon = sums(trial.anon, 1 / 1024);
    const rss = new Float64Array(anon.length);
    let change = 0;
    let file = 0;
    for (let i = 0; i < anon.length; i++) {
      if (trial.file[change]?.[0] === i) file = trial.file[change++][1];
      rss[i] = anon[i] + file / 1024;
      at[i] = place(at[i], seconds[i] * 1000, trial.ends, cycles);
    }
    return {
      block: trial.block,
      host: trial.host,
      ends: trial.ends,
      cycles: at,
      seconds,
      anon,
      rss,
      less: trial.less.map((kib) => (kib === null ? null : kib / 1024)),
    };
  }

  /* Work is left until a chart of the workload is drawn. `host`: of this one alone; '': of all. */
  function trialsOf(workload, host) {
    for (const row of workload.rows)
      row.decoded ??= row.trials.map((trial) => decode(trial, workload.cycles));
    if (host === '') return workload.rows;
    return workload.rows.map((row) =>
      ({ ...row, decoded: row.decoded.filter((trial) => trial.host === Number(host)) }));
  }

  /* Parts of each row's memory and their sums from the bottom up, and the highest of all rows. */
  function layersOf(workload) {
    if (workload.top !== undefined) return workload.top;
    workload.top = 0;
    for (const { layers } of workload.rows.filter((row) => row.layers)) {
      layers.position = sums(layers.position, workload.cycles / 1e5);
      layers.parts = layers.kib.map((list) => sums(list, 1 / 1024));
      if (layers.huge) layers.huge = sums(layers.huge, 1 / 1024);
      let below = layers.position.map(() => 0);
      layers.edges = layers.parts.map((part) => (below = below.map((sum, i) => sum + part[i])));
      workload.top = Math.max(workload.top, ...below);
    }
    return workload.top;
  }

  function afterChurn(workload) {
    const { cycles } = workload;
    return [
      { from: 0, to: cycles, name: 'churn' },
      { from: cycles, to: cycles * (1 + AFTER), name: 'quiet', colour: chart.colour('phase') },
      { from: cycles * (1 + AFTER), to: cycles * (1 + 2 * AFTER), name: 'released',
        colour: chart.colour('phase') },
    ];
  }

  function regionsInTime(workload, host) {
    const ends = [0, 1, 2, 3].map((phase) => chart.median(
      trialsOf(workload, host).flatMap((row) =>
        row.decoded.map((trial) => trial.ends[phase] / 1000))) ?? 0);
    return ['churn', 'quiet', 'released'].map((name, i) =>
      ({ from: ends[i], to: ends[i + 1], name, colour: i ? chart.colour('phase') : undefined }));
  }

  /* RSS less LazyFree is known at the ends of phases only: points, joined by straight lines. */
  function pointCurve(trial, mode, cycles) {
    const xs = mode === 'seconds' ? trial.ends.map((ms) => ms / 1000)
      : [0, cycles, cycles * (1 + AFTER), cycles * (1 + 2 * AFTER)];
    return { xs, ys: trial.less };
  }

  function buildPoints(workload, mode, host) {
    const rows = trialsOf(workload, host).map((row) => {
      const curves = row.decoded.map((trial) => pointCurve(trial, mode, workload.cycles));
      return [0, 1, 2, 3].map((phase) => {
        const values = curves.map((curve) => curve.ys[phase]).filter((y) => y !== null);
        return {
          x: chart.median(curves.map((curve) => curve.xs[phase])),
          middle: chart.median(values.slice()),
          least: values.length ? Math.min(...values) : null,
          greatest: values.length ? Math.max(...values) : null,
        };
      }).filter((point) => point.x !== null);
    });
    const xs = [...new Set(rows.flat().map((point) => point.x))].sort((a, b) => a - b);
    return {
      xs: xs.length ? xs : [0, 1],
      rows: rows.map((points) => {
        const at = new Map(points.map((point) => [point.x, point]));
        const pick = (key) => xs.map((x) => at.get(x)?.[key]);
        return { middle: pick('middle'), least: pick('least'), greatest: pick('greatest'), each: [] };
      }),
    };
  }

  function buildCurves(workload, mode, memory, host) {
    if (memory === 'less') return buildPoints(workload, mode, host);
    const end = mode === 'cycles' ? workload.cycles * (1 + 2 * AFTER) : Math.max(1e-3,
      ...trialsOf(workload, host).flatMap((row) =>
        row.decoded.map((trial) => trial.seconds.at(-1) ?? 0)));
    const xs = chart.grid(end, GRID);
    return {
      xs,
      rows: trialsOf(workload, host).map((row) => {
        const each = row.decoded.map((trial) => chart.resample(trial[mode], trial[memory], xs,
          mode === 'seconds' ? trial.seconds.at(-1) : Infinity));
        return { ...chart.combine(each, xs.length), each };
      }),
    };
  }

  function seriesOf(built, state, spanGaps) {
    const series = [];
    const bands = [];
    const data = [built.xs];
    built.rows.forEach((row, index) => {
      const colour = chart.rowColour(index);
      const show = !state.hidden.has(index);
      const at = series.length + 1;
      const line = { show, spanGaps, stroke: colour, points: { show: spanGaps, size: 7 } };
      series.push({ ...line, width: 2, dash: chart.DASHES[index % chart.DASHES.length] });
      data.push(row.middle);
      if (state.blocks) {
        for (const curve of row.each) {
          series.push({ ...line, width: 1, stroke: chart.translucent(colour, 0.55) });
          data.push(curve.held);
        }
        return;
      }
      for (const edge of [row.greatest, row.least]) {
        series.push({ show, spanGaps, width: 0, points: { show: false } });
        data.push(edge);
      }
      bands.push({ series: [at + 1, at + 2], fill: chart.translucent(colour, 0.16) });
    });
    return { series, bands, data };
  }

  function curvesFigure(figure) {
    const HEIGHT = 380;
    const workload = workloads[figure.dataset.workload];
    const host = figure.querySelector('.chart');
    const form = figure.querySelector('form');
    const boxes = [...figure.querySelectorAll('.legend input')];
    const outputs = [...figure.querySelectorAll('.legend output')];
    const state = { hidden: new Set(), blocks: false };
    const status = Object.assign(document.createElement('p'), { className: 'status', role: 'status' });
    let u = null;
    let built = null;
    const mode = () => form.elements.x.value;
    const chosen = () => form.elements.host?.value ?? '';

    function readOut(index) {
      outputs.forEach((output, row) => {
        const at = index == null ? null : built.rows[row].middle[index];
        output.value = at == null ? '' : `${chart.number(at)} MiB (${
          chart.number(built.rows[row].least[index])}\u2013${
          chart.number(built.rows[row].greatest[index])})`;
      });
    }

    function say() {
      const index = u.cursor.idx;
      status.textContent = index == null ? '' : `${mode() === 'cycles' ? 'cycle ' : ''}${
        Math.round(built.xs[index] * 10) / 10}${mode() === 'seconds' ? ' seconds' : ''}: ${
        workload.rows.map((row, i) => `${row.name} ${chart.number(built.rows[i].middle[index])}`).join(', ')} MiB`;
    }

    function render(width = chart.widthOf(host)) {
      const memory = form.elements.y.value;
      built = buildCurves(workload, mode(), memory, chosen());
      u?.destroy();
      u = chart.draw(host, {
        ...seriesOf(built, state, memory === 'less'),
        width,
        height: HEIGHT,
        regions: mode() === 'cycles' ? afterChurn(workload) : regionsInTime(workload, chosen()),
        xLabel: mode() === 'cycles' ? `cycles (one: a ${workload.unit}), then time` : 'seconds',
        xLast: mode() === 'cycles' ? workload.cycles : Infinity,
        label: `${form.querySelector('[name=y]:checked').parentNode.textContent.trim()}`
          + ` under ${workload.name}, one line per row; the tables below have the numbers`,
        onCursor: readOut,
      });
    }

    outputs.forEach((output) => output.setAttribute('aria-live', 'off'));
    boxes.forEach((box, index) => {
      box.hidden = false;
      box.addEventListener('change', () => {
        state.hidden[box.checked ? 'delete' : 'add'](index);
        box.nextElementSibling.nextElementSibling.classList.toggle('off', !box.checked);
        render();
      });
    });
    form.hidden = false;
    figure.querySelector('.hint').hidden = false;
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('change', () => {
      state.blocks = form.elements.blocks.checked;
      render();
    });
    form.elements.reset.addEventListener('click', () => render());
    host.setAttribute('aria-label', `Chart of ${workload.name}: arrow keys read values`);
    host.after(status);
    chart.keys(host, () => u, say);
    return { host, height: HEIGHT, render, resize: (width) => u.setSize({ width, height: HEIGHT }) };
  }

  function stackFigure(host) {
    const workload = workloads[host.closest('.stacks').dataset.workload];
    const row = workload.rows[host.dataset.row];
    const { layers } = row;
    const output = host.nextElementSibling;
    const HEIGHT = 230;
    let u = null;
    if (!layers) return null;
    output.setAttribute('aria-live', 'off');

    function readOut(index) {
      output.value = index == null ? '' : LAYERS.map((name, i) =>
        `${name} ${layers.told[i] ? chart.number(layers.parts[i][index]) : 'n/a'}`).join(' · ') + ' MiB' +
        (layers.huge ? `, ${chart.number(layers.huge[index])} of it in huge pages` : '');
    }

    function render(width) {
      const height = layersOf(workload);
      const { edges } = layers;
      u?.destroy();
      /* From the top sum down: each fills to zero, the next one covers it. */
      const order = edges.map((_, i) => edges.length - 1 - i);
      u = chart.draw(host, {
        data: [layers.position, ...order.map((i) => edges[i]), layers.position.map(() => height),
          ...(layers.huge ? [layers.huge] : [])],
        series: [
          ...order.map((i) => ({ fill: chart.colour(`l${i}`), width: 0, points: { show: false } })),
          { width: 0, points: { show: false } }, // one scale for all rows
          ...(layers.huge ? [{ stroke: chart.colour('ink'), width: 1.5, dash: [4, 3],
            points: { show: false } }] : []),
        ],
        width,
        height: HEIGHT,
        regions: afterChurn(workload),
        xLast: workload.cycles,
        label: `What the memory of ${row.name} consists of; the table below has the numbers`,
        onCursor: readOut,
      });
    }
    host.setAttribute('aria-label', `Chart of ${row.name}: arrow keys read values`);
    chart.keys(host, () => u);
    return { host, height: HEIGHT, render, resize: (width) => u.setSize({ width, height: HEIGHT }) };
  }

  /* A chart is drawn when it is in view, or nearly. Until then its picture stands in its place, and
     on paper all pictures do. */
  const figures = [...[...document.querySelectorAll('figure.curves')].map(curvesFigure),
    ...[...document.querySelectorAll('.stack .chart')].map(stackFigure)].filter(Boolean);
  const figureOf = new Map(figures.map((figure) => [figure.host, figure]));
  const inView = new Set();
  const AHEAD = 300; // pixels below and above the view

  function drawStale() {
    const due = [...inView].filter((figure) => figure.stale);
    /* All are measured first: asking between changes would lay the page out each time. */
    for (const figure of due) figure.width = chart.widthOf(figure.host);
    for (const figure of due) {
      figure.stale = false;
      figure.render(figure.width);
    }
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      inView[isIntersecting ? 'add' : 'delete'](figureOf.get(target));
    drawStale();
  }, { rootMargin: `${AHEAD}px 0px` });

  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const figure = figureOf.get(target);
      const width = chart.widthOf(target);
      if (figure.stale || figure.width === width) continue;
      figure.width = width;
      if (inView.has(figure)) figure.resize(width);
      else figure.stale = true;
    }
  });

  const button = document.getElementById('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  function themed() {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to the ${isDark() ? 'light' : 'dark'} theme`);
    chart.readTheme();
    for (const figure of figures) figure.stale = true;
    drawStale();
  }
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    themed();
  });
  system.addEventListener('change', themed);

  /* A link into a folded part opens it. */
  function unfold() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) target.open = true;
  }
  addEventListener('hashchange', unfold);
  unfold();

  for (const { host, height } of figures) host.style.height = `${height}px`;
  for (const figure of figures) {
    const { top, bottom } = figure.host.getBoundingClientRect();
    if (top < innerHeight + AHEAD && bottom > -AHEAD) inView.add(figure);
  }
  themed();
  for (const { host } of figures) {
    watcher.observe(host);
    sizes.observe(host);
  }
  /* uPlot draws in microtasks, which come before this one. */
  queueMicrotask(() => (root.dataset.drawnMs = (performance.now() - began).toFixed(1)));
})();
