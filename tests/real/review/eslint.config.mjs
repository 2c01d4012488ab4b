import js from '@eslint/js';

const globals = ['Blob', 'Element', 'Event', 'HTMLElement', 'console', 'document', 'getComputedStyle', 'localStorage', 'performance', 'process',
  'requestAnimationFrame', 'setTimeout', 'URL', 'window'];

export default [
  { ignores: ['**/node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/script/*.js'],
    languageOptions: { sourceType: 'script' },
    rules: {
      // The files are one script: each uses names of those before it. tsc checks all names.
      'no-undef': 'off',
      'no-unused-vars': ['error', { vars: 'local' }],
      'no-restricted-properties': ['error', ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write'].map((property) => ({ property }))],
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: Object.fromEntries(globals.map((name) => [name, 'readonly'])) } },
];
