'use strict';
// How every page of weir makes its elements.

// Text goes in as text: whatever a program under test has answered cannot become markup.
function make(tag, attributes = {}, ...children) {
  const svg = ['svg', 'line', 'path', 'text', 'rect', 'title', 'g'].includes(tag);
  const element = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function rowOf(cells, tag = 'td', mark = '') {
  const row = make('tr', mark ? {class: mark} : {});
  for (const each of cells) row.append(make(tag, tag == 'th' ? {scope: 'col'} : {}, each));
  return row;
}

const grouped = number => Math.round(number).toLocaleString('en');

// {"op":"listen","fd":3,"backlog":0} -> listen(fd 3, backlog 0)
function callText(op) {
  const word = value => typeof value == 'string' ? (/^[\w.:-]+$/.test(value) ? value : JSON.stringify(value)) : JSON.stringify(value);
  return `${op.op}(${Object.entries(op).filter(([name]) => name != 'op').map(([name, value]) => `${name} ${word(value)}`).join(', ')})`;
}
// {"ret":-1,"errno":"EINVAL"} -> -1 EINVAL
function answerText(answer) {
  const {ret, errno, ...others} = answer;
  const text = [ret, errno].filter(each => each !== undefined).join(' ');
  const more = Object.entries(others).map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ');
  return [text, more].filter(each => each !== '').join('  ') || '(nothing)';
}
