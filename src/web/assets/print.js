// Shows the print buttons, which do nothing where no script runs.
function show() {
  for (const button of document.querySelectorAll('[data-print]')) {
    button.hidden = false;
    button.onclick = () => print();
  }
}
show();
document.addEventListener('renewed', show);
