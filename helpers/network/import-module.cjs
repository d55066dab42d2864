/*
 * Node's own import(), which takes modules of both kinds. It stands in a file of its own because a compiler makes require() of
 * it in all others.
 */
'use strict';
module.exports = (url) => import(url);
