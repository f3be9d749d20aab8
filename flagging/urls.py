"""Addresses of the flagging room."""

from django.urls import path

from flagging import views, views_budget

app_name = "flagging"
urlpatterns = [
    path("", views.pass_list, name="passes"),
    path("budget/", views_budget.budget, name="budget"),
    path("budget/learn/", views_budget.learn, name="learn"),
    path("budget/learning/<uuid:public_id>/", views_budget.learning, name="learning"),
    path("budget/order/", views_budget.again, name="order_again"),
    path("<uuid:public_id>/", views.pass_page, name="pass"),
    path("<uuid:public_id>/retry/", views.retry, name="retry"),
    path("<uuid:public_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:public_id>/<slug:detector>/", views.findings, name="findings"),
]
