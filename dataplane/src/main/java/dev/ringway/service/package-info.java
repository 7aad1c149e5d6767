/**
 * Services: tables of what clients connect to and of the backends behind it ({@link dev.ringway.service.ServiceTable}
 * is the entry), immutable and made by the control side.
 */
package dev.ringway.service;
