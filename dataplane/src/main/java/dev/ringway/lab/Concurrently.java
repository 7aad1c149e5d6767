package dev.ringway.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs many short waits side by side, but only so many that they do not disturb what they measure. */
final class Concurrently {
    private static final int WIDTH = 8;

    private Concurrently() {
    }

    /** Something that may take a while and be interrupted. */
    interface Task<T> {
        T run() throws InterruptedException;
    }

    /** The results in the order of the tasks. */
    static <T> List<T> run(List<Task<T>> tasks) throws InterruptedException {
        final ExecutorService executor = Executors.newFixedThreadPool(WIDTH);
        try {
            final List<Callable<T>> calls = new ArrayList<>();
            for (Task<T> task : tasks) {
                calls.add(task::run);
            }
            final List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LabException lab ? lab : new IllegalStateException(e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }
}
