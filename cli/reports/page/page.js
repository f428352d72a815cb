'use strict';
// What every page of figures has: the figures, and plots that follow the reader's colours.
const weir = JSON.parse(document.getElementById('data').textContent);

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
