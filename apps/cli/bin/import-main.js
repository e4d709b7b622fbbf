const { pathToFileURL } = require('node:url');

/** In a file of its own: a Node that knows no `import()` could not even read it. */
module.exports = function importMain(path) {
  return import(pathToFileURL(path).href);
};
