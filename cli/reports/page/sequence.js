// A finding as a sequence diagram: what was done to the kernel, what it answered, and at the end both answers.
const lanes = ['program', 'peer', 'clock', 'device', 'softirq'];

const cut = (text, most) => text.length > most ? text.slice(0, most - 1) + '…' : text;

function sequenceDiagram(finding) {
  const actors = lanes.filter(name => finding.steps.some(step => step.actor == name));
  const apart = 110, kernel = 60 + apart * (actors.length - 1) + 470, step = 44, top = 40;
  const height = top + step * finding.steps.length + 60;
  const picture = make('svg', {viewBox: `0 0 ${kernel + 80} ${height}`, width: kernel + 80, height, role: 'img',
    'aria-label': `${finding.steps.length} operations; the last is answered otherwise than the model says`});
  const x = actor => 60 + apart * actors.indexOf(actor);
  const lane = (at, name) => picture.append(make('line', {class: 'lane', x1: at, x2: at, y1: top - 12, y2: height - 8}),
    make('text', {class: 'who', x: at, y: top - 20, 'text-anchor': 'middle'}, name));
  for (const actor of actors) lane(x(actor), actor);
  lane(kernel, 'kernel');
  const arrow = (from, to, y, mark) => {
    const back = to < from ? 7 : -7;
    picture.append(make('path', {class: mark, d: `M${from} ${y} H${to} M${to + back} ${y - 4} L${to} ${y} L${to + back} ${y + 4}`}));
  };
  const say = (at, y, text, mark = '') => picture.append(make('text', {class: mark, x: at + 10, y: y - 4},
    make('title', {}, text), cut(text, 62)));
  finding.steps.forEach((each, number) => {
    const y = top + 16 + step * number, from = x(each.actor), last = number == finding.steps.length - 1;
    arrow(from, kernel, y, 'arrow');
    say(from, y, callText(each.op));
    if (!last) {
      arrow(kernel, from, y + 18, 'answer');
      say(from, y + 18, answerText(each.answer));
      return;
    }
    arrow(kernel, from, y + 20, 'expected');
    say(from, y + 20, `model: ${answerText(finding.expected)}`, 'expected');
    arrow(kernel, from, y + 42, 'observed');
    say(from, y + 42, `observed: ${answerText(finding.observed)}`, 'observed');
  });
  return make('div', {class: 'scrolls', tabindex: 0, role: 'group', 'aria-label': 'sequence diagram'}, picture);
}

function findingDetails(finding) {
  const last = finding.steps.at(-1).op, body = make('div');
  const side = (mark, title, answer) => make('div', {class: mark}, make('h4', {}, title), make('code', {}, answerText(answer)),
    make('pre', {}, JSON.stringify(answer)));
  body.append(sequenceDiagram(finding), make('div', {class: 'answers'}, side('expected', `${finding.release}, as the model has it`,
    finding.expected), side('observed', `${finding.target} answered`, finding.observed)), make('pre', {}, finding.reproduce));
  if (finding.note) body.append(make('p', {}, finding.note));
  const list = make('ul');
  for (const id of finding.clauses) {
    const clause = clauses.get(id);
    list.append(make('li', {}, make('strong', {}, clause.name), ` ${clause.sentence}`, make('span', {class: 'faint'}, ` ${clause.function}`)));
  }
  if (finding.clauses.length) body.append(make('h4', {}, 'Rules on the way to the expected answer'), list);
  if (finding.before.length) body.append(make('h4', {}, 'The state before'), make('pre', {}, finding.before.join('\n')));
  // A diagram is drawn when it is asked for: a night may leave many.
  const details = make('details', {class: 'finding'}, make('summary', {}, make('strong', {}, finding.target), ` ${callText(last)}: `,
    make('span', {class: 'good'}, answerText(finding.expected)), ' expected, ', make('span', {class: 'bad'}, answerText(finding.observed)),
    ' observed'));
  details.addEventListener('toggle', () => { if (details.open && !body.isConnected) details.append(body); });
  return details;
}

function findingsList(into) {
  const {all, strange} = weir.findings;
  if (all.length == 0) into.append(make('p', {}, 'None.'));
  for (const finding of all) into.append(findingDetails(finding));
  if (strange.length) into.append(make('h3', {}, 'Left out: these are no traces'), make('pre', {}, strange.join('\n')));
}
