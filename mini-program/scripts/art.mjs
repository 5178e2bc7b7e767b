// Drawings as data for style sheets: the levels' shapes, the services' icons and the skin, all our own.
const uri = (svg) => `url("data:image/svg+xml,${svg.replace(/\s+/g, " ").replace(/> </g, "><").replace(/"/g, "'").replace(/#/g, "%23").replace(/</g, "%3C").replace(/>/g, "%3E")}")`;
const line = (body, width = 2.2) =>
  uri(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round">${body}</svg>`);

/** Each tone has a shape of its own, so that no level is told by its colour alone. */
const marks = {
  green: '<circle cx="12" cy="12" r="10"/><path d="m7 12.5 3.4 3.4L17 9"/>',
  yellow: '<path d="M12 2.6 22.4 20.8H1.6z"/><path d="M12 9.2v5.2M12 17.6v.1"/>',
  red: '<path d="M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z"/><path d="m8.4 8.4 7.2 7.2m0-7.2-7.2 7.2"/>',
  gold: '<path d="m12 1.8 3.1 6.4 7 1-5 5 1.2 7L12 17.9l-6.3 3.3 1.2-7-5-5 7-1z"/><path d="m9 12 2.2 2.2 3.8-4"/>',
  blue: '<rect x="2.2" y="2.2" width="19.6" height="19.6" rx="5"/><path d="m7.4 12.4 3.2 3.2 6-6.4"/>',
  grey: '<circle cx="12" cy="12" r="10"/><path d="M7.5 12h9"/>',
  unknown: '<circle cx="12" cy="12" r="10" stroke-dasharray="4 3.85"/><path d="M9 9.4a3 3 0 1 1 4.3 2.7c-.9.4-1.3 1-1.3 2M12 17.3v.1"/>',
};

export const icons = {
  scan: '<path d="M3 8V5a2 2 0 0 1 2-2h3M16 3h3a2 2 0 0 1 2 2v3M21 16v3a2 2 0 0 1-2 2h-3M8 21H5a2 2 0 0 1-2-2v-3M6.5 12h11"/>',
  pulse: '<path d="M12 20.5S3 15.4 3 9.2C3 6.3 5.2 4 7.9 4c1.7 0 3.2.9 4.1 2.3C12.9 4.900 14.400 4 16.100 4 18.800 4 21 6.300 21 9.200c0 6.200-9 11.300-9 11.300z"/><path d="M6.500 11.500h2.600l1.700-3 2.500 5.500 1.600-2.500h2.600"/>',
  train: '<rect x="5" y="3" width="14" height="14" rx="3"/><path d="M5 11h14M12 3v8M8.500 14.200v.1M15.500 14.200v.1M8 17l-2.500 4M16 17l2.500 4"/>',
  people: '<circle cx="8.500" cy="8" r="3.500"/><path d="M2 20c.6-3.800 3-6 6.500-6s5.900 2.200 6.500 6"/><path d="M16 5.200a3.300 3.300 0 0 1 0 5.800M18 14.500c2.200.8 3.500 2.700 4 5.500"/>',
  pin: '<path d="M12 21.500S4.500 15 4.500 9.500a7.500 7.500 0 0 1 15 0C19.500 15 12 21.500 12 21.500z"/><circle cx="12" cy="9.500" r="2.700"/>',
  family: '<circle cx="9" cy="6.500" r="3.500"/><path d="M2.500 20.500V18a5 5 0 0 1 5-5h3"/><circle cx="17" cy="13.500" r="2.500"/><path d="M12.500 21.500v-.7a3.500 3.500 0 0 1 3.500-3.500h2a3.500 3.500 0 0 1 3.500 3.500v.7"/>',
  card: '<rect x="2.500" y="4.500" width="19" height="15" rx="3"/><path d="M12 8.800v6.400M8.800 12h6.400"/>',
  book: '<path d="M4 4.500h5.500A2.500 2.500 0 0 1 12 7v13a2 2 0 0 0-2-2H4zM20 4.500h-5.500A2.500 2.500 0 0 0 12 7v13a2 2 0 0 1 2-2h6z"/>',
  pen: '<path d="M4 20l1-4.500L16.500 4a2 2 0 0 1 2.800 0l.7.700a2 2 0 0 1 0 2.800L8.500 19z"/><path d="M14.500 6l3.500 3.500"/>',
  next: '<path d="m9 5 7 7-7 7"/>',
  clock: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.300l3.300 2"/>',
  refresh: '<path d="M20 11.500A8 8 0 0 0 5.700 7L3.500 9.500M4 12.500A8 8 0 0 0 18.300 17l2.200-2.500"/><path d="M3.500 4.500v5h5M20.500 19.500v-5h-5"/>',
  code: '<rect x="3" y="3" width="7" height="7" rx="1.500"/><rect x="14" y="3" width="7" height="7" rx="1.500"/><rect x="3" y="14" width="7" height="7" rx="1.500"/><path d="M14 14h3v3M21 14v.100M21 21v-3.500M14 21h3.500"/>',
  why: '<circle cx="12" cy="12" r="9.500"/><path d="M9.200 9.300a2.900 2.900 0 1 1 4.200 2.700c-.900.400-1.400 1-1.400 2M12 17.200v.100"/>',
  services: '<rect x="3" y="3" width="7.500" height="7.500" rx="2"/><rect x="13.500" y="3" width="7.500" height="7.500" rx="2"/><rect x="3" y="13.500" width="7.500" height="7.500" rx="2"/><circle cx="17.250" cy="17.250" r="3.750"/>',
  me: '<circle cx="12" cy="8" r="4.500"/><path d="M3.500 21c.800-4.600 4-7 8.500-7s7.700 2.400 8.500 7"/>',
};

/** The skin: a flying apsara with ribbons, clouds and petals in the colours of the murals. */
const cloud = '<path d="M0 18c0-6 6-9 11-7 1-7 13-8 15-1 7-2 11 5 7 10H4C1 20 0 19 0 18zm10 0c-1-4 4-6 6-3m5 3c0-4 6-5 8-1" fill="none" stroke="#b08a53" stroke-width="1.300" stroke-linecap="round"/>';
const skins = {
  "skin-ribbon-back": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 390 110" preserveAspectRatio="xMaxYMid slice" fill="none" stroke-linecap="round">
    <path d="M132 96C176 108 214 92 240 72s50-36 74-30c18 5 16 24 2 24-16 0-12-26 14-36 22-8 40-6 64-18" stroke="#c9964a" stroke-opacity=".55" stroke-width="5"/>
    <path d="M118 84c40 20 86 12 118-8 28-18 44-36 76-36" stroke="#5d9c8b" stroke-opacity=".5" stroke-width="4"/></svg>`,
  "skin-apsara": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 110" fill="none" stroke-linecap="round" stroke-linejoin="round">
    <path d="M12 84c22 6 38-4 54-12 18-9 30-12 44-12l10 12c-12 8-26 14-44 17-24 4-46 8-64-5z" fill="#c65b40"/>
    <path d="M12 84c20 2 40-6 60-13 16-6 28-8 40-8" stroke="#f3d9ae" stroke-width="1.400"/><path d="M30 91c20 2 50-2 82-16" stroke="#f3d9ae" stroke-width="1.200"/>
    <path d="M12 84c-6-6-8-12-4-20 4 8 10 12 20 14M28 92c-8 4-16 4-22-2" stroke="#c65b40" stroke-width="3"/>
    <path d="M108 60c8-4 14-10 20-18 4-5 10-6 13-2 2 4-1 9-6 14-5 6-10 12-15 18z" fill="#efc79b"/>
    <path d="M108 60l12 12 5-7-11-9z" fill="#2d7d7a"/>
    <path d="M134 45c8 3 16 2 22-4l10-10" stroke="#efc79b" stroke-width="4.600"/><path d="M131 43c4-8 12-13 20-14l12 1" stroke="#efc79b" stroke-width="4"/>
    <circle cx="147" cy="29" r="7.600" fill="#efc79b"/>
    <path d="M140 27c-1-8 5-12 11-9 4 2 5 6 3 9-3-4-8-5-14 0z" fill="#2b2a33"/><circle cx="144" cy="16" r="3.800" fill="#2b2a33"/><path d="M140.500 18l8-4" stroke="#d7a441" stroke-width="1.800"/>
    <path d="M149 30.500l2.400.300M150.500 33.400c-.800.900-1.600 1-2.400.800" stroke="#7d4a33" stroke-width="1"/>
    <path d="M166 26c4-4 9-4 12-1-2 5-8 7-12 5zM167 31c4 2 6 6 5 10-5 0-8-5-7-9z" fill="#d98a86"/><path d="M166 29c5-1 10 1 12 5-4 3-10 1-12-4z" fill="#e9aaa2"/>
    <path d="M128 44c-16-22-46-30-72-20-18 7-36 6-50-6" stroke="#2d7d7a" stroke-width="4.400"/>
    <path d="M128 44c-10-14-34-20-54-10-14 7-24 22-44 20-10-1-16-6-20-12" stroke="#d7a441" stroke-width="3.400"/>
    <path d="M120 66c12 18 36 26 56 16 8-4 14-4 20 2" stroke="#2d7d7a" stroke-width="4.400"/>
    <path d="M118 70c8 20 28 30 48 26" stroke="#d7a441" stroke-width="3"/></svg>`,
  "skin-clouds": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 390 110" preserveAspectRatio="xMidYMid slice"><g opacity=".75"><g transform="translate(196 82) scale(.8)">${cloud}</g><g transform="translate(262 6) scale(.8)">${cloud}</g><g transform="translate(340 78) scale(.9)">${cloud}</g></g>
    <g fill="#d98a86" opacity=".8"><path d="M232 14c3-3 7-2 8 1-3 3-7 2-8-1z"/><path d="M352 58c2-3 6-3 7 0-2 3-6 3-7 0z"/><path d="M238 96c3-2 7-1 7 2-3 2-6 1-7-2z"/></g></svg>`,
};

const masked = (name, image) => `.${name} { -webkit-mask-image: ${image}; mask-image: ${image}; }`;

/** The style sheet with all drawings. */
export const art = [
  ...Object.entries(marks).map(([name, body]) => masked(`mark-${name}`, line(body))),
  ...Object.entries(icons).map(([name, body]) => masked(`icon-${name}`, line(body, 1.8))),
  ...Object.entries(skins).map(([name, svg]) => `.${name} { background-image: ${uri(svg)}; }`),
].join("\n");
