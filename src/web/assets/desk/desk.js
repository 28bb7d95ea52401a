// On every page of the desk: the dock, the keys, the paper codes.
import './dock.js';
import './keys.js';
import { reserve } from './codes.js';

document.body.classList.add('js');
const later = () => reserve().catch(() => {}).finally(() => document.dispatchEvent(new Event('codes')));
later();
addEventListener('online', later);
