// A map of the three planes: a cell a rule. What is told of a rule stands below its map, for keys as for a pointer.
const clauses = new Map(weir.planes.flatMap(plane => plane.clauses.map(clause => [clause.id, clause])));
const releasesOf = clause => !clause.since && !clause.until ? 'all releases' : !clause.since ? `until ${clause.until}`
  : !clause.until ? `from ${clause.since}` : `${clause.since} to ${clause.until}`;

// Who has reached a rule, who should have, and who cannot.
function reachOf(clause) {
  const reach = {by: [], missed: [], cannot: []};
  for (const target of weir.targets) {
    if (target.reachedSet.has(clause.id)) reach.by.push(target.name);
    else if (!target.reachableSet.has(clause.id)) reach.cannot.push([target.name, 'its releases do not have it']);
    else if (target.cannot[clause.id]) reach.cannot.push([target.name, target.cannot[clause.id]]);
    else reach.missed.push(target.name);
  }
  reach.mark = reach.by.length == 0 ? (reach.missed.length == 0 ? 'never' : 'missed')
    : reach.missed.length == 0 ? 'all' : 'some';
  return reach;
}

function tellClause(clause) {
  const reach = reachOf(clause), told = make('div');
  told.append(make('p', {}, make('strong', {}, clause.name), ` ${clause.sentence}`),
    make('p', {class: 'faint'}, `${clause.function}, ${releasesOf(clause)}`));
  const line = (mark, what) => told.append(make('div', {class: mark}, what));
  if (reach.by.length) line('good', `reached by ${reach.by.join(', ')}`);
  if (reach.missed.length) line('bad', `not reached by ${reach.missed.join(', ')}`);
  for (const [name, why] of reach.cannot) line('faint', `${name}: ${why}`);
  return told;
}

function planeMap(plane) {
  const map = make('div', {class: 'map', role: 'group', 'aria-label': `rules of the ${plane.name} plane`});
  const told = make('div', {class: 'tells', 'aria-live': 'polite'}, make('p', {class: 'faint'}, 'Choose a rule.'));
  let chosen = null, reached = 0;
  const cells = plane.clauses.map((clause, at) => {
    const mark = reachOf(clause).mark;
    if (mark == 'all' || mark == 'some') ++reached;
    const cell = make('button', {class: `cell ${mark}`, type: 'button', tabindex: at == 0 ? 0 : -1,
      title: `${clause.name}: ${clause.sentence}`, 'aria-label': `${clause.name}, ${mark}`});
    cell.addEventListener('focus', () => {
      if (chosen) { chosen.classList.remove('chosen'); chosen.tabIndex = -1; }
      chosen = cell;
      cell.classList.add('chosen');
      cell.tabIndex = 0;
      told.replaceChildren(tellClause(clause));
    });
    cell.addEventListener('click', () => cell.focus());
    return cell;
  });
  // One stop of the tab key a map; arrows go from rule to rule.
  map.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    const next = step && cells[cells.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  map.append(...cells);
  return [make('h3', {}, `${plane.name}: ${reached} of ${plane.clauses.length} rules reached`), map, told];
}

function coverageMap(into) {
  if (weir.targets.length == 0) return false;
  const key = (mark, text) => make('span', {class: 'key'}, make('span', {class: `cell ${mark}`}), text);
  into.append(make('p', {}, key('all', 'reached by all that can'), key('some', 'by some'), key('missed', 'by nobody yet'),
    key('never', 'nobody here can')));
  for (const plane of weir.planes) into.append(...planeMap(plane));
  return true;
}
