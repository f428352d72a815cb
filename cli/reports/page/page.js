'use strict';
// What every page of weir has: its figures, ways to make elements of them, and plots that follow the reader's colours.
const weir = JSON.parse(document.getElementById('data').textContent);

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

function followColours() {
  const style = getComputedStyle(document.documentElement);
  Chart.defaults.color = style.getPropertyValue('--ink').trim();
  Chart.defaults.borderColor = style.getPropertyValue('--line').trim();
  for (const each of Object.values(Chart.instances)) each.update();
}
followColours();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', followColours);

// `series`: what Chart.js calls datasets. \return the element, which has to be in the document before it is drawn
function plot(into, title, type, data, scales) {
  const canvas = make('canvas', {role: 'img', 'aria-label': title});
  into.append(make('figure', {}, make('figcaption', {}, title), make('div', {class: 'plot'}, canvas)));
  return new Chart(canvas, {type, data, options: {animation: false, maintainAspectRatio: false, scales}});
}
const axis = (text, more = {}) => ({title: {display: true, text}, ...more});
const hue = number => `hsl(${number * 137 % 360}, 50%, 50%)`;
