<?php
// The same API as echo-api.mjs, in PHP, which folds the names of headers. Usage: php -S 127.0.0.1:PORT echo-api.php
$headers = [];
foreach ($_SERVER as $name => $value) {
    if (str_starts_with($name, "HTTP_")) {
        $headers[] = [substr($name, 5), $value];
    }
}
header("Content-Type: application/json");
echo json_encode(
    [
        "method" => $_SERVER["REQUEST_METHOD"],
        "target" => $_SERVER["REQUEST_URI"],
        "headers" => $headers,
        "trailers" => [],
    ],
    JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE,
);
