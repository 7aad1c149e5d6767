/** What every source of a cluster needs that follows a store outside this node: changes in, tables and a file out. */
package dev.ringway.control.store;
