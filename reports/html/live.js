/* The live page: lines that grow with the events of a run. */
(() => {
  const show = JSON.parse(document.getElementById('show').textContent);
  const GRID = 400;
  const state = document.getElementById('state');
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const trials = new Map(); // "trial.attempt" to { workload, row, block, cycles, anon, … }
  let events = 0;

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function swatch(index) {
    const canvas = element('canvas', { className: 'swatch', width: 34, height: 12 });
    const ctx = canvas.getContext('2d');
    ctx.strokeStyle = chart.rowColour(index);
    ctx.lineWidth = 3;
    ctx.setLineDash(chart.DASHES[index % chart.DASHES.length]);
    ctx.beginPath();
    ctx.moveTo(1, 6);
    ctx.lineTo(33, 6);
    ctx.stroke();
    canvas.ariaHidden = 'true';
    return canvas;
  }

  /* The section of one workload: a chart, and a table beside it. */
  function section(workload, index) {
    const cells = show.rows.map(() => ({ now: element('td', { className: 'n' }),
      cycles: element('td', { className: 'n' }), done: element('td', { className: 'n' }),
      said: element('td') }));
    const swatches = show.rows.map(() => element('td'));
    const body = element('tbody');
    show.rows.forEach((name, i) => body.append(element('tr', {},
      element('th', { scope: 'row', textContent: name }), swatches[i], cells[i].now,
      cells[i].cycles, cells[i].done, cells[i].said)));
    const head = element('tr');
    for (const name of ['row', 'line', 'anonymous RSS, MiB', 'cycles', 'trials', 'last outcome'])
      head.append(element('th', { scope: 'col', textContent: name }));
    const host = element('div', { className: 'chart' });
    const table = element('div', { className: 'scroll', tabIndex: 0 },
      element('table', {}, element('thead', {}, head), body));
    table.setAttribute('role', 'region');
    table.setAttribute('aria-label', `Rows of ${workload.name}`);
    document.getElementById('workloads').append(element('section', { className: 'workload' },
      element('h2', { textContent: workload.name }), host, table));
    return { workload, index, cells, swatches, host, u: null, dirty: true, done: show.rows.map(() => new Set()) };
  }

  const sections = show.workloads.map(section);
  const grids = show.workloads.map((workload) => chart.grid(workload.cycles || 1, GRID));

  function series(part) {
    const lines = [];
    const data = [grids[part.index]];
    show.rows.forEach((_, row) => {
      const own = [...trials.values()].filter((trial) =>
        trial.workload === part.index && trial.row === row && trial.cycles.length > 0);
      own.forEach((trial, i) => {
        const last = i === own.length - 1;
        const colour = chart.rowColour(row);
        const grid = grids[part.index];
        lines.push({ stroke: last ? colour : chart.translucent(colour, 0.5), width: last ? 2 : 1,
          dash: last ? chart.DASHES[row % chart.DASHES.length] : undefined, points: { show: false } });
        data.push(chart.resample(trial.cycles, trial.anon, grid,
          trial.cycles.at(-1) + grid.at(-1) / GRID).held);
      });
    });
    return { series: lines, data };
  }

  function render(part) {
    const { series: lines, data } = series(part);
    part.dirty = false;
    part.cells.forEach((cell, row) => {
      cell.done.textContent = `${part.done[row].size} of ${
        show.trials.filter(([workload, at]) => workload === part.index && at === row).length}`;
    });
    if (typeof uPlot === 'undefined' || lines.length === 0) return;
    if (part.u && part.u.series.length === data.length) {
      part.u.setData(data);
      return;
    }
    part.u?.destroy();
    part.u = chart.draw(part.host, {
      data, series: lines, bands: [], height: 320, width: chart.widthOf(part.host),
      xLabel: 'cycles', label: `Memory under ${part.workload.name}, one line per row; the table`
        + ' below has the numbers',
    });
  }

  function themed() {
    chart.readTheme();
    for (const part of sections) {
      part.swatches.forEach((cell, row) => cell.replaceChildren(swatch(row)));
      part.u?.destroy();
      part.u = null;
      part.dirty = true;
    }
  }

  function trialOf(event) {
    const key = `${event.trial}.${event.attempt}`;
    const [workload, row, block] = show.trials[event.trial - 1];
    if (!trials.has(key)) trials.set(key, { workload, row, block, cycles: [], anon: [] });
    return trials.get(key);
  }

  function point(event) {
    const trial = trialOf(event);
    const part = sections[trial.workload];
    const cell = part.cells[trial.row];
    if (event.phase === 'start' || event.phase === 'churn') {
      trial.cycles.push(event.cycle);
      trial.anon.push(event.anon / 1024);
    }
    cell.now.textContent = chart.number(event.anon / 1024);
    cell.cycles.textContent = event.cycle;
    part.dirty = true;
    state.textContent = `Trial ${event.trial} of ${show.trials.length}: ${
      show.workloads[trial.workload].name}, ${show.rows[trial.row]}, block ${trial.block}${
      event.attempt > 1 ? `, attempt ${event.attempt}` : ''}, ${event.phase}${
      event.left_s >= 0 ? `; about ${Math.ceil(event.left_s / 60)} min left` : ''}`;
  }

  function ended(event) {
    const trial = trialOf(event);
    const part = sections[trial.workload];
    part.cells[trial.row].said.textContent = `${event.outcome}${event.noisy ? ', noisy' : ''}${
      event.reason ? `: ${event.reason}` : ''}`;
    if (event.outcome === 'valid') part.done[trial.row].add(event.trial);
    part.dirty = true;
  }

  const stream = new EventSource('/events');
  stream.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    root.dataset.events = ++events;
    if (event.kind === 'point') point(event);
    if (event.kind === 'end') ended(event);
    if (event.kind !== 'over') return;
    stream.close();
    sections.forEach(render);
    state.textContent = 'The run is over: its report is in the run\'s folder.';
  };
  stream.onerror = () => {
    state.textContent = 'Nothing is heard from heapchurn; trying again.';
  };

  dark.addEventListener('change', themed);
  addEventListener('resize', () => sections.forEach((part) =>
    part.u?.setSize({ width: chart.widthOf(part.host), height: 320 })));
  themed();
  setInterval(() => sections.filter((part) => part.dirty).forEach(render), 250);
})();
