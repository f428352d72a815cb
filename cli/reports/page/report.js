// The report: each section from what there is, and gone where there is nothing.
for (const target of weir.targets) {
  target.reachedSet = new Set(target.reached);
  target.reachableSet = new Set(target.reachable);
  target.findings = weir.findings.all.filter(finding => finding.target == target.key).length;
}

function verdictTable(into) {
  const table = make('table', {id: 'targets'});
  table.append(rowOf(['target', 'compared with', 'operations', 'a second', 'inputs', 'findings', 'rules', 'verdict'], 'th'));
  for (const target of weir.targets) {
    const should = target.reachable.filter(id => target.reachedSet.has(id) || !target.cannot[id]).length;
    const verdict = target.findings ? 'DIVERGES' : target.operations ? 'agrees' : 'nothing compared';
    const row = rowOf([target.name, target.compared_with, grouped(target.operations),
      target.seconds ? grouped(target.operations / target.seconds) : '', grouped(target.inputs), target.findings,
      `${target.reached.length} of ${should}`, verdict]);
    row.lastChild.className = target.findings ? 'bad' : target.operations ? 'good' : 'faint';
    table.append(row);
  }
  if (weir.proofs) {
    const good = weir.proofs.filter(each => each.good).length;
    const row = rowOf(['proofs', '', '', '', '', weir.proofs.length - good, '', `${good} of ${weir.proofs.length} proved`]);
    row.lastChild.className = good == weir.proofs.length ? 'good' : 'bad';
    table.append(row);
  }
  if (table.rows.length == 1) return false;
  into.append(make('div', {class: 'scrolls'}, table));
  return true;
}

function growthPlots(into) {
  const some = weir.history.filter(each => each.points.length > 0);
  if (some.length == 0) return false;
  const colour = each => hue(some.indexOf(each));
  const series = figure => some.map(each => ({label: some.filter(other => other.target == each.target).length > 1
    ? `${each.target}, worker ${each.worker}` : each.target, borderColor: colour(each), backgroundColor: colour(each),
    pointRadius: 2, data: each.points.map(point => ({x: point.seconds, y: figure(point)}))}));
  const seconds = () => axis('seconds of work', {type: 'linear'});
  const plots = make('div', {class: 'plots'});
  into.append(plots);
  plot(plots, 'Rules reached', 'line', {datasets: series(point => point.clauses)}, {x: seconds(), y: axis('rules', {beginAtZero: true})});
  plot(plots, 'Operations', 'line', {datasets: series(point => point.operations)}, {x: seconds(), y: axis('operations', {beginAtZero: true})});
  return true;
}

function proofTable(into) {
  if (!weir.proofs) return false;
  const good = weir.proofs.filter(each => each.good).length;
  const seconds = weir.proofs.reduce((sum, each) => sum + each.seconds, 0);
  into.append(make('p', {}, `${good} of ${weir.proofs.length} obligations have the verdict that is right, ${seconds.toFixed(0)} s of work.`));
  const slow = [...weir.proofs].sort((a, b) => b.seconds - a.seconds).slice(0, 12);
  plot(into, 'The slowest proofs', 'bar', {labels: slow.map(each => each.theorem), datasets: [{label: 'seconds', backgroundColor: hue(2),
    data: slow.map(each => each.seconds)}]}, {y: axis('seconds', {type: 'logarithmic'}), x: {}});
  const table = make('table');
  table.append(rowOf(['theorem', 'releases', 'verdict', 'paths', 'seconds'], 'th'));
  for (const each of weir.proofs) {
    const releases = each.profiles.length > 2 ? `${each.profiles[0]} … ${each.profiles.at(-1)}` : each.profiles.join(', ');
    const expected = each.good && each.verdict == 'counterexample' ? 'expected ' : '';
    table.append(rowOf([each.theorem, releases, expected + each.verdict, each.paths, each.seconds.toFixed(2)], 'td', each.good ? '' : 'bad'));
  }
  into.append(make('div', {class: 'scrolls', tabindex: 0, role: 'group', 'aria-label': 'all proofs'}, table));
  return true;
}

function drainSection(into) {
  if (!weir.bench || weir.bench.drain.length == 0) return false;
  const plots = make('div', {class: 'plots'});
  into.append(make('p', {}, machineText(weir.bench)), plots);
  drainPlots(weir.bench, plots);
  scenePlots(weir.bench, plots);
  into.append(make('div', {class: 'scrolls', tabindex: 0, role: 'group', 'aria-label': 'all cells'}, drainTable(weir.bench)));
  return true;
}

document.getElementById('about').textContent = `${weir.folder}, ${weir.when}, weir ${weir.version}`;
const sections = {verdicts: verdictTable, findings: findingsList, growth: growthPlots, coverage: coverageMap, proofs: proofTable,
  explored: exploredList, drain: drainSection};
for (const [name, fill] of Object.entries(sections)) {
  const section = document.getElementById(name);
  if (fill(section) === false) section.remove();
  else document.getElementById('contents').append(make('a', {href: `#${name}`}, section.querySelector('h2').textContent));
}
