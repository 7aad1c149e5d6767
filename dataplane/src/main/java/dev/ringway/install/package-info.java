/**
 * Puts the CNI plugin where container runtimes look for it, and takes it away again. Files only: nothing here talks to
 * a daemon or a runtime.
 */
package dev.ringway.install;
